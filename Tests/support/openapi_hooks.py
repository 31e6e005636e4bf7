"""What schemathesis cannot know of the protocol: with this header field as 0 the body is the only input, whatever it says.

The files of hooks are named to it by `SCHEMATHESIS_HOOKS`.
"""
import schemathesis

LENGTH = "inference-header-content-length"


@schemathesis.hook
def before_call(context, case, kwargs):
    if case.headers is not None and str(case.headers.get(LENGTH)) == "0":
        del case.headers[LENGTH]
