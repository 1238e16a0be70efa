package io.metawal.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaCodeUnitAccess;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Tags;
import org.junit.jupiter.api.Test;

/**
 * A test class that starts a process or a server says so in its tags, so that a developer can leave it out. What a class starts is
 * found in its byte code: the calls that its methods, and the test code that they call, lead to.
 */
class TestTagsTest {
    private static final Path ROOT = Path.of(System.getProperty("metawal.root"));
    private static final String TESTKIT = "io.metawal.testkit.";

    private final JavaClasses classes = new ClassFileImporter().importPaths(compiledTests());

    /** Methods of test code by name and parameters, for calls through a type that they override. */
    private final Map<String, List<JavaMethod>> overrides = new HashMap<>();

    private final List<JavaClass> tests =
            classes.stream().filter(TestTagsTest::isTest).toList();

    TestTagsTest() {
        for (JavaClass any : classes) {
            for (JavaMethod method : any.getMethods()) {
                overrides
                        .computeIfAbsent(signature(method), name -> new ArrayList<>())
                        .add(method);
            }
        }
    }

    /** A server that is missing would fail the class with an error of its initializer, where its tests are to be skipped. */
    @Test
    void noServerIsStartedByAStaticInitializer() {
        Set<String> wrong = new TreeSet<>();
        for (JavaClass test : tests) {
            List<JavaCodeUnit> initializers =
                    test.getStaticInitializer().map(List::<JavaCodeUnit>of).orElse(List.of());
            if (needed(test, initializers).contains("server")) {
                wrong.add(test.getName() + " must start its server in a method with @BeforeAll");
            }
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void whatStartsAProcessOrAServerIsTagged() {
        assertThat(tests).as("compiled test classes").hasSizeGreaterThan(150);
        Set<String> wrong = new TreeSet<>();
        int starting = 0;
        for (JavaClass test : tests) {
            Set<String> needed = needed(test, codeUnits(test));
            starting += needed.isEmpty() ? 0 : 1;
            Set<String> tags = tags(test);
            for (String tag : needed) {
                // A server of the testkit is a process too; one tag is enough to leave the class out.
                if (!tags.contains(tag) && !(tag.equals("process") && tags.contains("server"))) {
                    wrong.add(test.getName() + " needs @Tag(\"" + tag + "\")");
                }
            }
        }
        assertThat(starting).as("test classes that start something").isGreaterThan(40);
        assertThat(wrong).isEmpty();
    }

    /** Test classes of every module: this is the last one that is built. */
    private static List<Path> compiledTests() {
        try (Stream<Path> modules = Files.list(ROOT)) {
            List<Path> directories = new ArrayList<>(modules.map(module -> module.resolve("target/test-classes"))
                    .filter(Files::isDirectory)
                    .toList());
            directories.add(ROOT.resolve("testkit/target/classes"));
            // Its programs are started by its benchmarks.
            directories.add(ROOT.resolve("bench/target/classes"));
            return directories;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static boolean isTest(JavaClass type) {
        return type.getSimpleName().endsWith("Test")
                && !type.getModifiers().contains(com.tngtech.archunit.core.domain.JavaModifier.ABSTRACT);
    }

    private static Set<String> tags(JavaClass test) {
        Set<String> tags = new TreeSet<>();
        for (JavaClass type = test; type != null; type = type.getRawSuperclass().orElse(null)) {
            type.tryGetAnnotationOfType(Tag.class).ifPresent(tag -> tags.add(tag.value()));
            type.tryGetAnnotationOfType(Tags.class)
                    .ifPresent(all -> Stream.of(all.value()).forEach(tag -> tags.add(tag.value())));
        }
        return tags;
    }

    private static List<JavaCodeUnit> codeUnits(JavaClass test) {
        List<JavaCodeUnit> units = new ArrayList<>();
        for (JavaClass type = test; type != null; type = type.getRawSuperclass().orElse(null)) {
            units.addAll(type.getCodeUnits());
        }
        return units;
    }

    /** The tags that follow from what these parts of a test lead to. */
    private Set<String> needed(JavaClass test, List<JavaCodeUnit> from) {
        Set<String> needed = new TreeSet<>();
        Set<JavaCodeUnit> seen = new LinkedHashSet<>();
        Deque<JavaCodeUnit> open = new ArrayDeque<>(from);
        while (!open.isEmpty()) {
            JavaCodeUnit unit = open.pop();
            if (!seen.add(unit)) {
                continue;
            }
            if (isServer(unit.getOwner())) {
                needed.add("server");
            }
            Stream<JavaCodeUnitAccess<?>> accesses =
                    Stream.concat(unit.getCallsFromSelf().stream(), unit.getCodeUnitReferencesFromSelf().stream());
            accesses.forEach(access -> {
                if (access.getTargetOwner().isEquivalentTo(ProcessBuilder.class)) {
                    needed.add("process");
                }
                open.addAll(reached(test, access));
            });
        }
        return needed;
    }

    /** A class of the testkit by which a real server is started. */
    private static boolean isServer(JavaClass type) {
        return type.getPackageName().startsWith(TESTKIT)
                && type.getSimpleName()
                        .matches("(Etcd|Postgres|MariaDb|MySql|S3|Seaweed)Server|KafkaBroker|DatabendMeta");
    }

    /** What a call may lead to, seen from this test: of the methods that its own superclasses leave open, only its own. */
    private Collection<JavaCodeUnit> reached(JavaClass test, JavaCodeUnitAccess<?> access) {
        JavaClass owner = access.getTargetOwner();
        if (!owner.getPackageName().startsWith("io.metawal.")) {
            return List.of();
        }
        List<JavaCodeUnit> reached = new ArrayList<>();
        access.getTarget().resolveMember().ifPresent(reached::add);
        String signature = access.getTarget().getName() + access.getTarget().getRawParameterTypes();
        boolean own = test.isAssignableTo(owner.getName());
        for (JavaMethod method : overrides.getOrDefault(signature, List.of())) {
            JavaClass overriding = method.getOwner();
            boolean other = own || isOfATest(overriding);
            if (overriding.isAssignableTo(owner.getName()) && (!other || isOf(test, overriding))) {
                reached.add(method);
            }
        }
        return reached;
    }

    /** Whether a class is a test, or stands in one. */
    private static boolean isOfATest(JavaClass type) {
        return outermost(type).endsWith("Test");
    }

    /** Whether a class is this test or one that it extends, or stands in one of them. */
    private static boolean isOf(JavaClass test, JavaClass type) {
        return test.isAssignableTo(outermost(type));
    }

    private static String outermost(JavaClass type) {
        int inner = type.getName().indexOf('$');
        return inner < 0 ? type.getName() : type.getName().substring(0, inner);
    }

    private static String signature(JavaMethod method) {
        return method.getName() + method.getRawParameterTypes();
    }
}
