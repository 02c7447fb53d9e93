# Short names for run.py, which does the work.
.PHONY: demo up test check bench chaos

demo up test check bench chaos:
	python3 run.py $@
