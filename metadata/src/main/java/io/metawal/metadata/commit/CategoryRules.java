package io.metawal.metadata.commit;

import com.google.protobuf.ByteString;
import java.util.List;

/**
 * Which category a key belongs to: data, one list per source, the first rule that fits wins, OTHER where none does.
 */
public record CategoryRules(List<Rule> rules) {

    /** What every source starts from: the first word of a space's name says it. */
    public static final CategoryRules DEFAULT = new CategoryRules(List.of(
            Rule.ofSpace("catalog", Category.CATALOG),
            Rule.ofSpace("hummock", Category.HUMMOCK),
            Rule.ofSpace("user", Category.USER),
            Rule.ofSpace("id", Category.MONOTONIC),
            Rule.ofSpace("ephemeral", Category.EPHEMERAL)));

    public CategoryRules {
        rules = List.copyOf(rules);
    }

    /**
     * @param space a space's name, or its leading words up to a dot; empty fits every space
     * @param keyPrefix the bytes that a key starts with; empty fits every key
     */
    public record Rule(String space, ByteString keyPrefix, Category category) {
        public static Rule ofSpace(String space, Category category) {
            return new Rule(space, ByteString.EMPTY, category);
        }

        boolean fits(EntryKey key) {
            String name = key.space().name();
            boolean spaceFits = space.isEmpty()
                    || name.startsWith(space)
                            && (name.length() == space.length() || name.charAt(space.length()) == '.');
            return spaceFits && key.key().startsWith(keyPrefix);
        }
    }

    public Category categoryOf(EntryKey key) {
        for (Rule rule : rules) {
            if (rule.fits(key)) {
                return rule.category();
            }
        }
        return Category.OTHER;
    }

    /** These rules, asked before {@code others}. */
    public CategoryRules before(CategoryRules others) {
        return new CategoryRules(java.util.stream.Stream.concat(rules.stream(), others.rules.stream())
                .toList());
    }
}
