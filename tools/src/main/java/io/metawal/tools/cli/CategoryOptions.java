package io.metawal.tools.cli;

import com.google.protobuf.ByteString;
import io.metawal.metadata.commit.Category;
import io.metawal.metadata.commit.CategoryRules;
import io.metawal.metadata.fault.UsageException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Option;

/** The rules by which keys fall into categories: data, told by whoever runs the source. */
final class CategoryOptions {
    @Option(
            names = "--category-rules",
            paramLabel = "SPACE[/PREFIX]=CATEGORY",
            split = ",",
            description = "which keys are of which category, asked before the defaults, such as kv//users/=USER")
    private List<String> rules = new ArrayList<>();

    CategoryRules rules() {
        return new CategoryRules(rules.stream().map(CategoryOptions::rule).toList()).before(CategoryRules.DEFAULT);
    }

    private static CategoryRules.Rule rule(String text) {
        int equals = text.lastIndexOf('=');
        int slash = text.indexOf('/');
        if (equals < 1) {
            throw new UsageException("--category-rules: \"" + text + "\": expected SPACE[/PREFIX]=CATEGORY");
        }
        boolean prefixed = slash >= 0 && slash < equals;
        String space = text.substring(0, prefixed ? slash : equals);
        String prefix = prefixed ? text.substring(slash + 1, equals) : "";
        try {
            Category category = Category.valueOf(text.substring(equals + 1).toUpperCase(Locale.ROOT));
            return new CategoryRules.Rule(space, ByteString.copyFromUtf8(prefix), category);
        } catch (IllegalArgumentException e) {
            throw new UsageException(
                    "--category-rules: \"" + text + "\": expected one of " + Arrays.toString(Category.values()), e);
        }
    }
}
