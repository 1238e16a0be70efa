package io.metawal.tools.cli;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Where id generators continue after a restore: {@code newest}, {@code newest+N} or {@code target}.
 *
 * @param margin how far after the newest value known; 0 for exactly there
 */
record IdsChoice(From from, long margin) {
    static final IdsChoice NEWEST = new IdsChoice(From.NEWEST, 0);

    private static final Pattern FORM = Pattern.compile("newest\\+([1-9]\\d{0,17})");

    /** What the margin is added to. */
    enum From {
        NEWEST,
        TARGET
    }

    static IdsChoice parse(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        if (lower.equals("newest")) {
            return NEWEST;
        }
        if (lower.equals("target")) {
            return new IdsChoice(From.TARGET, 0);
        }
        Matcher m = FORM.matcher(lower);
        if (!m.matches()) {
            throw new IllegalArgumentException(
                    "expected newest, newest+N with a whole number N from 1, or target, found \"" + text + "\"");
        }
        return new IdsChoice(From.NEWEST, Long.parseLong(m.group(1)));
    }

    /** For the command line. */
    static final class Converter implements ITypeConverter<IdsChoice> {
        @Override
        public IdsChoice convert(String value) {
            try {
                return parse(value);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }
}
