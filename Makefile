# Short names for run.py, which does the work.
.PHONY: demo up wrangler test check bench chaos

demo up wrangler test check bench chaos:
	python3 run.py $@
