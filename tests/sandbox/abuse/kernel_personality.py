"""Switch off address randomisation."""

# expect: ok
from attack import denied, done

denied("personality", 135, 0x0040000)
denied("modify_ldt", 154, 0, 0, 0)
done()
