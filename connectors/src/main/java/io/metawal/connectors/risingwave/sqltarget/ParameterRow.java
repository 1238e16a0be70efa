package io.metawal.connectors.risingwave.sqltarget;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import io.metawal.metadata.fault.CorruptException;
import java.io.IOException;

/** A row of {@code system_parameter}, which is the same JSON in both forms that rows have. */
record ParameterRow(String name, String value) {
    private static final ObjectMapper JSON = new ObjectMapper();

    static ParameterRow of(ByteString row) {
        try {
            JsonNode json = JSON.readTree(row.toByteArray());
            return new ParameterRow(
                    json.path("name").asText(), json.path("value").asText());
        } catch (IOException e) {
            throw new CorruptException("a row of system_parameter is no JSON object: " + e.getMessage(), e);
        }
    }
}
