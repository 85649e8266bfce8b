"""Writers: one document to HTML, CSV, JSON, SVG and PNG, a file each."""
