package io.metawal.connectors.databend.log;

import com.google.protobuf.ByteString;

/** What a record, or the number of records under a prefix, is compared with. */
public record Condition(ByteString key, Compare compare, Target target, long number, ByteString bytes) {
    /** What of the key is looked at. */
    public enum Target {
        /** Its seq; 0 where it is absent. */
        SEQ,
        /** Its bytes; an absent key never fulfils the condition. */
        VALUE,
        /** How many keys begin with it. */
        KEYS_WITH_PREFIX
    }

    /** How. */
    public enum Compare {
        EQ,
        GT,
        GE,
        LT,
        LE,
        NE;

        /** By the number that a {@code Transaction} has for it; one that is not known counts as equal. */
        static Compare of(long number) {
            return switch ((int) Math.min(number, 6)) {
                case 1 -> GT;
                case 2 -> GE;
                case 3 -> LT;
                case 4 -> LE;
                case 5 -> NE;
                default -> EQ;
            };
        }

        /** Whether it holds of what compares so. */
        public boolean holds(int order) {
            return switch (this) {
                case EQ -> order == 0;
                case GT -> order > 0;
                case GE -> order >= 0;
                case LT -> order < 0;
                case LE -> order <= 0;
                case NE -> order != 0;
            };
        }
    }
}
