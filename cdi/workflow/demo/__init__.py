"""The demonstration desk: two hospitals, an account for each role, and stays at every stage.

Everything is made by the use cases of the desk, with a clock that runs from some days ago to now,
so that every page, list and event is what real work would have left.
"""

from cdi.workflow.demo.folder import DemoFolder
from cdi.workflow.demo.load import PASSWORD, is_demo, load_demo
from cdi.workflow.demo.script import Account, Script, read_script

__all__ = ["PASSWORD", "Account", "DemoFolder", "Script", "is_demo", "load_demo", "read_script"]
