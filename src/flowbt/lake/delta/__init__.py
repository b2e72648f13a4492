"""The tables of a lake: a checked transaction log and Parquet files, in a folder or in an object store."""
