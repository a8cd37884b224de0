"""Memory for statements that read through much at once: with less they would go through files."""

from sqlalchemy import text

WORK_MEM = text("select set_config('work_mem', '64MB', true)")
