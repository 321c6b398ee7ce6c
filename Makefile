# A thin face over scripts/arena.py, which runs without make too.
PYTHON ?= python3
.PHONY: demo test lock clean
demo test lock clean:
	@$(PYTHON) scripts/arena.py $@ $(ARGS)
