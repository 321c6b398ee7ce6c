"""Markup that would run in a reader's browser."""

# expect: ok
from attack import done

print("<script>alert(1)</script><img src=x onerror=alert(1)>{{ 7*7 }}{% debug %}")
done()
