"""Asks the Python package jsonschema: {"schema": ..., "instances": [...]} on a line, the verdicts as {"valid": [...]} on a line."""

import json
import sys

from jsonschema import Draft7Validator
from jsonschema.exceptions import SchemaError
from jsonschema.validators import validator_for

for line in sys.stdin:
    question = json.loads(line)
    schema = question["schema"]
    validator = validator_for(schema, default=Draft7Validator)
    try:
        validator.check_schema(schema)
    except SchemaError as error:
        print(json.dumps({"error": error.message}))
        continue
    checked = validator(schema)
    print(json.dumps({"valid": [checked.is_valid(instance) for instance in question["instances"]]}))
