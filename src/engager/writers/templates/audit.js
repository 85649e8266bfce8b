// The audit: its findings by certainty, rule and word.

function bindFilter() {
  const form = document.getElementById("filter");
  if (!form) return;
  const findings = [...document.querySelectorAll(".finding")].map((element) => ({
    element, rule: element.dataset.rule, group: element.closest(".group"), text: element.textContent.toLowerCase(),
  }));
  const told = form.querySelector(".told");
  const show = () => {
    const certainties = new Set([...form.querySelectorAll("[name=certainty]:checked")].map((box) => box.value));
    const rule = form.elements.rule.value;
    const word = form.elements.word.value.trim().toLowerCase();
    const groups = new Set();
    let count = 0;
    for (const finding of findings) {
      const wanted = certainties.has(finding.group.dataset.certainty) && (!rule || finding.rule === rule) && finding.text.includes(word);
      finding.element.hidden = !wanted;
      if (wanted) { count += 1; groups.add(finding.group); }
    }
    for (const group of document.querySelectorAll(".group")) group.hidden = !groups.has(group);
    told.textContent = fill(WORDS.shown, { count, all: findings.length });
  };
  form.addEventListener("input", show);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.hidden = false;
  show();
}

begin(bindFilter);
