"""Writers: a report, an audit, a study or a snapshot as files, a file a form; whole or not at all."""
