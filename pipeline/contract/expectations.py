"""A contract as a Great Expectations suite, to be run on pandas batches made by ``batch``."""

# pyarrow and Great Expectations bring no usable types.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from pipeline.contract.model import CodeList, Column, Table

if TYPE_CHECKING:
    import pandas as pd
    from great_expectations import ExpectationSuite

# What Great Expectations calls the values of a batch made by `batch`.
VALUE_TYPES = {"string": "str", "integer": "int64", "boolean": "bool"}


def suite(table: Table, codes: Mapping[str, CodeList]) -> "ExpectationSuite":
    """The table's expectations: columns, types, not null, codes, limits, forms and the unique key.

    Importing Great Expectations takes seconds, so it happens here.
    """
    gx: Any = import_module("great_expectations")
    gxe: Any = import_module("great_expectations.expectations")
    expectations: list[Any] = [
        gxe.ExpectTableColumnsToMatchSet(column_set=list(table.column_names), exact_match=True)
    ]
    for column in table.columns:
        expectations.extend(_column_expectations(gxe, table, column, codes))
    if len(table.primary_key) == 1:
        expectations.append(gxe.ExpectColumnValuesToBeUnique(column=table.primary_key[0]))
    else:
        expectations.append(gxe.ExpectCompoundColumnsToBeUnique(column_list=list(table.primary_key)))
    return gx.ExpectationSuite(name=table.name, expectations=expectations)


def _column_expectations(gxe: Any, table: Table, column: Column, codes: Mapping[str, CodeList]) -> list[Any]:
    name = column.name
    made: list[Any] = []
    if column.type in VALUE_TYPES:
        made.append(gxe.ExpectColumnValuesToBeOfType(column=name, type_=VALUE_TYPES[column.type]))
    if column.required:
        made.append(gxe.ExpectColumnValuesToNotBeNull(column=name))
    if column.required_for and table.discriminator is not None:
        row_conditions: Any = import_module("great_expectations.expectations.row_conditions")
        is_of_type = row_conditions.Column(table.discriminator).is_in(list(column.required_for))
        made.append(gxe.ExpectColumnValuesToNotBeNull(column=name, row_condition=is_of_type))
    if column.codes is not None:
        made.append(gxe.ExpectColumnValuesToBeInSet(column=name, value_set=list(codes[column.codes].codes)))
    if column.minimum is not None or column.maximum is not None:
        made.append(
            gxe.ExpectColumnValuesToBeBetween(column=name, min_value=column.minimum, max_value=column.maximum)
        )
    if column.stored_pattern is not None:
        # `\Z`, not `$`: a value with a line break after it does not match in full.
        made.append(
            gxe.ExpectColumnValuesToMatchRegex(column=name, regex=rf"\A(?:{column.stored_pattern})\Z")
        )
    return made


def batch(data: pa.Table) -> "pd.DataFrame":
    """``data`` as the pandas frame a suite is run on: a missing integer stays missing and an integer."""
    import pandas as pd

    nullable = {pa.string(): pd.StringDtype(), pa.int64(): pd.Int64Dtype(), pa.bool_(): pd.BooleanDtype()}
    return data.to_pandas(types_mapper=nullable.get)


def failing_columns(table: Table, codes: Mapping[str, CodeList], data: pa.Table) -> dict[str, int]:
    """The columns (or comma-separated key) whose expectations fail, with their number of rows."""
    gx: Any = import_module("great_expectations")
    context = gx.get_context(mode="ephemeral")
    context.variables.config.analytics_enabled = False
    source = context.data_sources.add_or_update_pandas(name="contract")
    definition = source.add_dataframe_asset(name=table.name).add_batch_definition_whole_dataframe("whole")
    handle = definition.get_batch(batch_parameters={"dataframe": batch(data)})
    result = handle.validate(suite(table, codes), result_format="BASIC")
    found: dict[str, int] = {}
    for item in result.results:
        if not item.success:
            settings: dict[str, Any] = item.expectation_config.kwargs
            where = settings.get("column") or ", ".join(settings.get("column_list") or ["-"])
            found[where] = found.get(where, 0) + int(item.result.get("unexpected_count", 0))
    return dict(sorted(found.items()))
