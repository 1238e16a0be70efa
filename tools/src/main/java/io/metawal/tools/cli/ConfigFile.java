package io.metawal.tools.cli;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.metawal.metadata.fault.LocalFaults;
import io.metawal.metadata.fault.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * {@code -c metawal.yaml}: every option is also a key of the file, named as the option without its dashes; what is given on the
 * command line wins. An unknown key is refused. Under {@code clusters}, a list, each item has the keys of one cluster; the keys
 * beside the list are those of all.
 */
final class ConfigFile implements IDefaultValueProvider {
    private static final String CLUSTERS = "clusters";

    private final Path file;
    private final ObjectNode root;

    private ConfigFile(Path file, ObjectNode root) {
        this.file = file;
        this.root = root;
    }

    /** The file that the arguments name; one that knows nothing where they name none. */
    static IDefaultValueProvider of(String[] args) {
        String name = null;
        for (int n = 0; n < args.length; n++) {
            if (args[n].equals("-c") || args[n].equals("--config")) {
                name = n + 1 < args.length ? args[n + 1] : null;
            } else if (args[n].startsWith("--config=")) {
                name = args[n].substring("--config=".length());
            }
        }
        return name == null ? arg -> null : read(InputFile.of(name, "a config file, in YAML"));
    }

    private static ConfigFile read(Path file) {
        try {
            JsonNode root = YAMLMapper.builder().build().readTree(Files.readAllBytes(file));
            if (root instanceof ObjectNode keys) {
                return new ConfigFile(file, keys);
            }
            throw new UsageException(file + ": expected keys and values, such as `repo: /backup/meta`");
        } catch (JacksonException e) {
            throw new UsageException("cannot read the config file " + file + ": " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw LocalFaults.of("cannot read the config file " + file, e);
        }
    }

    /** A file for each cluster of the list; none where there is no list. */
    List<ConfigFile> clusters() {
        JsonNode list = root.get(CLUSTERS);
        List<ConfigFile> each = new ArrayList<>();
        if (list == null) {
            return each;
        }
        if (!list.isArray() || list.isEmpty()) {
            throw new UsageException(file + ": `" + CLUSTERS + "` is no list of clusters, each with its keys");
        }
        for (JsonNode one : list) {
            if (!one.isObject()) {
                throw new UsageException(file + ": an item of `" + CLUSTERS + "` has no keys: " + one);
            }
            ObjectNode merged = root.deepCopy();
            merged.remove(CLUSTERS);
            merged.setAll((ObjectNode) one);
            each.add(new ConfigFile(file, merged));
        }
        return each;
    }

    @Override
    public @Nullable String defaultValue(ArgSpec arg) {
        refuseUnknown(arg.command());
        if (arg instanceof OptionSpec option) {
            for (String name : option.names()) {
                JsonNode value = root.get(name.replaceFirst("^-+", ""));
                if (value != null && name.startsWith("--")) {
                    return value.asText();
                }
            }
        }
        return arg.defaultValue();
    }

    private void refuseUnknown(CommandSpec command) {
        Set<String> known = new HashSet<>();
        collect(command.root(), known);
        for (Iterator<String> names = root.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            if (!known.contains("--" + name) && !name.equals(CLUSTERS)) {
                throw new UsageException(file + ": \"" + name + "\" is no option of any command; see `metawal "
                        + command.name() + " --help`");
            }
        }
    }

    private static void collect(CommandSpec command, Set<String> names) {
        command.options().forEach(option -> names.addAll(Set.of(option.names())));
        command.subcommands().values().forEach(sub -> collect(sub.getCommandSpec(), names));
    }
}
