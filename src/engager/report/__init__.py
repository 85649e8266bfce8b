"""The report: displays, generated methods and sentences, as one document."""
