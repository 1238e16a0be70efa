package io.metawal.connectors.risingwave.vectors;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.MapEntry;
import com.google.protobuf.Message;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The first place where two messages differ; maps have no order. */
final class Differences {
    private Differences() {}

    /** Empty where they are equal. */
    static String first(Message ours, Message theirs) {
        if (ours.equals(theirs)) {
            return "";
        }
        for (FieldDescriptor field : theirs.getDescriptorForType().getFields()) {
            String difference = ofField(field, ours.getField(field), theirs.getField(field));
            if (!difference.isEmpty()) {
                return field.getName() + difference;
            }
            if (!field.isRepeated() && field.hasPresence() && ours.hasField(field) != theirs.hasField(field)) {
                return field.getName() + ": present " + ours.hasField(field) + ", in RisingWave "
                        + theirs.hasField(field);
            }
        }
        return ": unknown fields " + ours.getUnknownFields() + ", in RisingWave " + theirs.getUnknownFields();
    }

    private static String ofField(FieldDescriptor field, Object ours, Object theirs) {
        if (field.isMapField()) {
            return ofMaps(byKey((List<?>) ours), byKey((List<?>) theirs));
        }
        if (field.isRepeated()) {
            return ofLists((List<?>) ours, (List<?>) theirs);
        }
        return ofValues(ours, theirs);
    }

    private static String ofValues(Object ours, Object theirs) {
        if (ours.equals(theirs)) {
            return "";
        }
        return ours instanceof Message our && theirs instanceof Message their
                ? "." + first(our, their)
                : ": " + ours + ", in RisingWave " + theirs;
    }

    private static String ofLists(List<?> ours, List<?> theirs) {
        if (ours.size() != theirs.size()) {
            return ": " + ours.size() + " of them, in RisingWave " + theirs.size();
        }
        for (int n = 0; n < ours.size(); n++) {
            String difference = ofValues(ours.get(n), theirs.get(n));
            if (!difference.isEmpty()) {
                return "[" + n + "]" + difference;
            }
        }
        return "";
    }

    private static String ofMaps(Map<String, Object> ours, Map<String, Object> theirs) {
        if (!ours.keySet().equals(theirs.keySet())) {
            return ": keys " + ours.keySet() + ", in RisingWave " + theirs.keySet();
        }
        for (Map.Entry<String, Object> each : ours.entrySet()) {
            String difference = ofValues(each.getValue(), theirs.getOrDefault(each.getKey(), ""));
            if (!difference.isEmpty()) {
                return "{" + each.getKey() + "}" + difference;
            }
        }
        return "";
    }

    private static Map<String, Object> byKey(List<?> entries) {
        Map<String, Object> byKey = new TreeMap<>();
        for (Object each : entries) {
            if (each instanceof MapEntry<?, ?> entry) {
                byKey.put(String.valueOf(entry.getKey()), entry.getValue());
            } else if (each instanceof Message entry) {
                FieldDescriptor key = entry.getDescriptorForType().findFieldByNumber(1);
                FieldDescriptor value = entry.getDescriptorForType().findFieldByNumber(2);
                byKey.put(String.valueOf(entry.getField(key)), entry.getField(value));
            }
        }
        return byKey;
    }
}
