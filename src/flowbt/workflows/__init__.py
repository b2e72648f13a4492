"""One plain function per task of a user, called by the command line and from notebooks: data in, typed results and files out.

This layer composes the others: it reads the lake, calls metrics, evaluation and backtest, renders reports and writes runs.
"""
