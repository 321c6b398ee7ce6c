"""A small database in the working directory."""

# expect: ok
import sqlite3

with sqlite3.connect("work.db") as db:
    db.execute("create table t (n)")
    db.executemany("insert into t values (?)", [(n,) for n in range(1000)])
open("submission.csv", "w").write("id,label\n1,2\n")
