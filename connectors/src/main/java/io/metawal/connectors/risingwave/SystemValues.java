package io.metawal.connectors.risingwave;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.google.protobuf.ByteString;
import java.util.Map;
import java.util.regex.Pattern;

/** Values of system parameters without the credentials that URLs in them have, such as {@code minio://user:password@host/bucket}. */
final class SystemValues {
    /** A password may have slashes in it. */
    private static final Pattern CREDENTIAL = Pattern.compile("//[^\\s\"]*@");

    private SystemValues() {}

    static boolean holdsCredential(ByteString value) {
        return CREDENTIAL.matcher(value.toStringUtf8()).find();
    }

    static String masked(String value) {
        return CREDENTIAL.matcher(value).replaceAll("//***@");
    }

    /** The same JSON with all its texts masked; it is changed itself. */
    static JsonNode masked(JsonNode json) {
        if (json.isTextual()) {
            return TextNode.valueOf(masked(json.asText()));
        }
        if (json instanceof ObjectNode object) {
            for (Map.Entry<String, JsonNode> field : object.properties()) {
                field.setValue(masked(field.getValue()));
            }
        }
        return json;
    }
}
