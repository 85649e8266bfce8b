"""What the subject-level dataset says of the time before treatment, as tables."""

from __future__ import annotations

from tests.conftest import Derive, Shows


def test_prior_transplants_by_donor(derive: Derive, shows: Shows) -> None:
    """The same transplants make the same text, whatever their order; none stated is not none recorded."""
    datasets = derive(
        patients="patient\n1\n2\n3\n4\n5\n6",
        therapies="""patient | kind | phase | donor | given | start_day
        1 | hsct | before | MUD | |
        1 | hsct | before | MSD | |
        2 | hsct | before | MSD | |
        2 | hsct | before | MUD | |
        2 | hsct | after | haplo | |
        3 | hsct | before | haplo | |
        3 | hsct | before | haplo | |
        4 | hsct | before | | no |
        5 | hsct | | | | -100""",
    )
    shows(
        datasets.subjects,
        """patient | prior_hsct | prior_hsct_count | sources
        1 | 1 x matched sibling, 1 x matched unrelated | 2 | patients:2, therapies:3, therapies:2
        2 | 1 x matched sibling, 1 x matched unrelated | 2 | patients:3, therapies:4, therapies:5
        3 | 2 x haploidentical | 2 | patients:4, therapies:7, therapies:8
        4 | none | 0 | patients:5, therapies:9
        5 | 1 x donor not stated | 1 | patients:6, therapies:10
        6 | | | patients:7""",
    )


def test_prior_therapy(derive: Derive, shows: Shows) -> None:
    """Drugs once each in alphabetical order; `none` where the record says so; the kind where no drug is named."""
    datasets = derive(
        patients="patient\n1\n2\n3\n4",
        therapies="""patient | kind | phase | name | given
        1 | chemotherapy | before | vincristine |
        1 | chemotherapy | before | cytarabine |
        1 | intrathecal | before | cytarabine |
        1 | chemotherapy | between | etoposide |
        2 | any | before | | no
        3 | irradiation | before | |""",
    )
    shows(
        datasets.subjects,
        """patient | prior_therapy
        1 | cytarabine, vincristine
        2 | none
        3 | irradiation
        4 | """,
    )
