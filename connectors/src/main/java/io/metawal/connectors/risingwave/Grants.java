package io.metawal.connectors.risingwave;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import io.metawal.connectors.risingwave.proto.UserInfo;
import java.util.List;

/**
 * What a user may do, as JSON. Field 8 of a user are its privileges, each of one object. There are two numberings: to v1.7 field 7 are the
 * actions and 8 is a function; later 20 are the actions, 7 is a function and 8 a subscription. In both an action is {@code {1: which, 2: with
 * grant option, 3: granted by}}.
 */
final class Grants {
    private static final int PRIVILEGES = 8;
    private static final int OLD_ACTIONS = 7;
    private static final int ACTIONS = 20;
    private static final List<String> OBJECTS = List.of(
            "",
            "database",
            "schema",
            "table",
            "source",
            "sink",
            "view",
            "function",
            "subscription",
            "connection",
            "secret");
    private static final List<String> NAMES =
            List.of("UNSPECIFIED", "SELECT", "INSERT", "UPDATE", "DELETE", "CREATE", "CONNECT", "USAGE", "EXECUTE");

    private Grants() {}

    /** The field {@code grant_privileges}; nothing where there are none. */
    static ObjectNode of(UserInfo user) throws InvalidProtocolBufferException {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        List<ByteString> privileges =
                user.getUnknownFields().getField(PRIVILEGES).getLengthDelimitedList();
        if (!privileges.isEmpty()) {
            ArrayNode list = json.putArray("grant_privileges");
            for (ByteString privilege : privileges) {
                list.add(privilege(UnknownFieldSet.parseFrom(privilege)));
            }
        }
        return json;
    }

    private static ObjectNode privilege(UnknownFieldSet fields) throws InvalidProtocolBufferException {
        boolean old = !fields.getField(OLD_ACTIONS).getLengthDelimitedList().isEmpty();
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        fields.asMap().forEach((number, field) -> {
            for (long object : field.getVarintList()) {
                json.put(object(number, old), Long.toUnsignedString(object));
            }
        });
        ArrayNode actions = json.putArray("actions");
        for (ByteString action : fields.getField(old ? OLD_ACTIONS : ACTIONS).getLengthDelimitedList()) {
            actions.add(action(UnknownFieldSet.parseFrom(action)));
        }
        return json;
    }

    private static String object(int number, boolean old) {
        if (old && number == OBJECTS.indexOf("subscription")) {
            return "function";
        }
        return number < OBJECTS.size() ? OBJECTS.get(number) : "field_" + number;
    }

    private static ObjectNode action(UnknownFieldSet fields) {
        long which = number(fields, 1);
        ObjectNode json = JsonNodeFactory.instance
                .objectNode()
                .put("action", which >= 0 && which < NAMES.size() ? NAMES.get((int) which) : Long.toString(which));
        if (number(fields, 2) != 0) {
            json.put("with_grant_option", true);
        }
        return fields.hasField(3) ? json.put("granted_by", number(fields, 3)) : json;
    }

    private static long number(UnknownFieldSet fields, int number) {
        List<Long> values = fields.getField(number).getVarintList();
        return values.isEmpty() ? 0 : values.get(values.size() - 1);
    }
}
