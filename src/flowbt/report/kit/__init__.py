"""What all reports are built with: sections, tables, number formats, charts, and renderers for text, Markdown and HTML."""
