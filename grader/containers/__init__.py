"""Workbooks and archives that somebody uploaded, opened in a bounded child process and nowhere else.

A small file can hold an expensive one: a workbook of 5 kB may take half a minute and hundreds of megabytes. So the process
that serves people parses no such file. A child without site-packages does, within limits of time, memory and
output, and hands back plain cells and bytes; what it can't within them is refused. Ask for it after rights and quota:
`grader.containers.opening`.
"""
