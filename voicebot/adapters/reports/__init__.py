"""Reports as files: CSV, Excel, and pages to be printed."""
