package org.ptuning4j;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaType;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The house's storeys: which package may use which, and what stays out of sight. */
class ArchitectureTest {

  private static final String ROOT = "org.ptuning4j";

  /** Each package with those that it may use; all may use the root's few types. */
  private static final Map<String, List<String>> STOREYS =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("tensor", List.of()),
              Map.entry("onnx", List.of("tensor")),
              Map.entry("hub", List.of("tensor", "onnx")),
              Map.entry("text", List.of()),
              Map.entry("backbone", List.of("tensor", "hub")),
              Map.entry("model", List.of("text", "backbone")),
              Map.entry("generate", List.of("tensor", "text", "backbone")),
              Map.entry("settings", List.of()),
              Map.entry("prompt", List.of("tensor", "settings", "backbone")),
              Map.entry("head", List.of("tensor", "backbone")),
              Map.entry("data", List.of()),
              Map.entry("metric", List.of()),
              Map.entry("study", List.of("tensor", "prompt", "data", "task", "train")),
              Map.entry("task", List.of("backbone", "data", "generate", "head", "metric", "text")),
              Map.entry(
                  "pack", List.of("tensor", "text", "backbone", "prompt", "head", "data", "task")),
              Map.entry("registry", List.of("tensor", "pack", "predict")),
              Map.entry(
                  "train",
                  List.of(
                      "tensor",
                      "settings",
                      "text",
                      "backbone",
                      "model",
                      "prompt",
                      "head",
                      "data",
                      "task",
                      "pack")),
              Map.entry(
                  "report",
                  List.of(
                      "tensor",
                      "text",
                      "backbone",
                      "prompt",
                      "head",
                      "data",
                      "task",
                      "pack",
                      "train",
                      "predict")),
              Map.entry(
                  "search",
                  List.of(
                      "tensor", "settings", "prompt", "data", "task", "train", "predict", "study")),
              Map.entry(
                  "predict",
                  List.of(
                      "tensor",
                      "text",
                      "backbone",
                      "generate",
                      "model",
                      "prompt",
                      "head",
                      "data",
                      "task",
                      "pack",
                      "train"))));

  private static JavaClasses core;

  @BeforeAll
  static void read() {
    core =
        new ClassFileImporter()
            .importUrl(
                InvalidInputException.class.getProtectionDomain().getCodeSource().getLocation());
  }

  @Test
  void everyPackageHasItsStorey() {
    assertThat(
            core.stream()
                .map(type -> type.getPackageName() + ".")
                .filter(name -> !name.equals(ROOT + "."))
                .map(name -> name.substring(ROOT.length() + 1).split("\\.", -1)[0])
                .distinct())
        .containsExactlyInAnyOrderElementsOf(STOREYS.keySet());
  }

  @TestFactory
  Stream<DynamicTest> packagesUseOnlyThoseBelow() {
    return STOREYS.entrySet().stream()
        .map(
            storey ->
                DynamicTest.dynamicTest(
                    storey.getKey(),
                    () -> {
                      List<String> allowed = new ArrayList<>();
                      allowed.add(ROOT);
                      allowed.add(inside(storey.getKey()));
                      storey.getValue().forEach(name -> allowed.add(inside(name)));
                      classes()
                          .that()
                          .resideInAPackage(inside(storey.getKey()))
                          .should()
                          .onlyDependOnClassesThat(
                              resideOutsideOfPackage(ROOT + "..")
                                  .or(resideInAnyPackage(allowed.toArray(String[]::new))))
                          .check(core);
                    }));
  }

  /** The map is the true picture: leave to use a package that nothing uses would hide a change. */
  @TestFactory
  Stream<DynamicTest> packagesUseAllThatTheyMay() {
    return STOREYS.entrySet().stream()
        .map(
            storey ->
                DynamicTest.dynamicTest(
                    storey.getKey(),
                    () -> assertThat(used(storey.getKey())).containsAll(storey.getValue())));
  }

  @Test
  void theRootUsesNothing() {
    classes()
        .that()
        .resideInAPackage(ROOT)
        .should()
        .onlyDependOnClassesThat(resideOutsideOfPackage(ROOT + "..").or(resideInAPackage(ROOT)))
        .check(core);
  }

  @Test
  void packagesDoNotUseEachOtherInCircles() {
    slices().matching(ROOT + ".(*)..").should().beFreeOfCycles().check(core);
  }

  /** Rooms within a storey, too: data.table, task.text and so on. */
  @TestFactory
  Stream<DynamicTest> roomsDoNotUseEachOtherInCircles() {
    return Stream.of(
            "data", "hub", "task", "tensor", "backbone", "prompt", "head", "train", "study")
        .map(
            storey ->
                DynamicTest.dynamicTest(
                    storey,
                    () ->
                        slices()
                            .matching(ROOT + "." + storey + ".(**)")
                            .should()
                            .beFreeOfCycles()
                            .check(core)));
  }

  /** What starts a run or a study is at the top: its parts can be read without it. */
  @TestFactory
  Stream<DynamicTest> roomsDoNotKnowWhatUsesThem() {
    return Stream.of("train", "study")
        .map(
            storey ->
                DynamicTest.dynamicTest(
                    storey,
                    () ->
                        noClasses()
                            .that()
                            .resideInAPackage(ROOT + "." + storey + ".*..")
                            .should()
                            .dependOnClassesThat()
                            .resideInAPackage(ROOT + "." + storey)
                            .check(core)));
  }

  /** A registry knows all tasks; only packages above tasks know the registry. */
  @Test
  void kindsOfTasksDoNotKnowTheirRegistry() {
    noClasses()
        .that()
        .resideInAnyPackage(
            ROOT + ".task",
            inside("task.template"),
            inside("task.text"),
            inside("task.cloze"),
            inside("task.choice"),
            inside("task.tagging"),
            inside("task.question"),
            inside("task.lama"),
            inside("task.generation"))
        .should()
        .dependOnClassesThat()
        .resideInAPackage(inside("task.standard"))
        .check(core);
  }

  /** Nor does a head know its registry, or what a head is, the heads that there are. */
  @Test
  void headsDoNotKnowTheirRegistry() {
    noClasses()
        .that()
        .resideInAPackage(ROOT + ".head")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(ROOT + ".head.*..")
        .check(core);
    noClasses()
        .that()
        .resideInAnyPackage(inside("head.loss"), inside("head.linear"), inside("head.vocabulary"))
        .should()
        .dependOnClassesThat()
        .resideInAPackage(inside("head.standard"))
        .check(core);
  }

  /** All of a package can be seen at a glance. */
  @Test
  void noRoomIsOvercrowded() {
    Map<String, Long> sizes =
        core.stream()
            .filter(type -> type.isTopLevelClass() && !type.getSimpleName().equals("package-info"))
            .collect(Collectors.groupingBy(JavaClass::getPackageName, Collectors.counting()));
    assertThat(sizes.values()).allMatch(size -> size <= 32);
  }

  @Test
  void promptMethodsKnowNoFamily() {
    noClasses()
        .that()
        .resideInAnyPackage(inside("prompt"), inside("head"))
        .should()
        .dependOnClassesThat()
        .resideInAPackage(ROOT + ".backbone.*..")
        .check(core);
  }

  @Test
  void backbonesKnowNoPromptMethod() {
    noClasses()
        .that()
        .resideInAPackage(inside("backbone"))
        .should()
        .dependOnClassesThat()
        .resideInAPackage(inside("prompt"))
        .check(core);
  }

  /** A family is known to the registry alone. */
  @Test
  void familiesAreUsedByTheirRegistryOnly() {
    noClasses()
        .that()
        .resideOutsideOfPackage(inside("backbone"))
        .should()
        .dependOnClassesThat()
        .resideInAPackage(ROOT + ".backbone.*..")
        .check(core);
  }

  @TestFactory
  Stream<DynamicTest> nativeTypesStayOutOfSight() {
    return Stream.of("train", "predict", "pack", "task")
        .map(
            name ->
                DynamicTest.dynamicTest(
                    name,
                    () ->
                        classes()
                            .that()
                            .resideInAPackage(inside(name))
                            .should(showNoNativeTypes())
                            .check(core)));
  }

  /** Otherwise the rule above might look at nothing. */
  @Test
  void nativeTypesAreSeenWhereTheyShow() {
    List<String> seen =
        core.get(ROOT + ".tensor.Tensors").getMethods().stream()
            .filter(ArchitectureTest::showsNativeTypes)
            .map(JavaMember::getName)
            .toList();
    assertThat(seen).contains("of", "floats", "list").doesNotContain("check");
  }

  @Test
  void onlyCoreStoreysTouchNativeTypes() {
    noClasses()
        .that()
        .resideInAnyPackage(
            inside("text"), inside("data"), inside("metric"), inside("task"), inside("hub"))
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.bytedeco..")
        .check(core);
  }

  @Test
  void nothingIsPrintedOrLoggedPastSlf4j() {
    noClasses().should(ACCESS_STANDARD_STREAMS).check(core);
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("java.util.logging..", "ch.qos.logback..")
        .check(core);
  }

  @Test
  void namesSayWhatThingsAre() {
    noClasses().should().haveNameMatching(".*(Utils?|Helper|Manager|Impl)").check(core);
  }

  /** The storeys that a storey's classes depend on, itself among them. */
  private static Set<String> used(String storey) {
    return core.stream()
        .filter(resideInAPackage(inside(storey)))
        .flatMap(type -> type.getDirectDependenciesFromSelf().stream())
        .map(dependency -> dependency.getTargetClass().getPackageName())
        .filter(name -> name.startsWith(ROOT + "."))
        .map(name -> name.substring(ROOT.length() + 1).split("\\.", -1)[0])
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static String inside(String name) {
    return ROOT + "." + name + "..";
  }

  private static ArchCondition<JavaClass> showNoNativeTypes() {
    return new ArchCondition<>("show no native types in what is public") {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        if (!visible(type)) {
          return;
        }
        type.getMembers().stream()
            .filter(ArchitectureTest::showsNativeTypes)
            .forEach(
                member -> events.add(SimpleConditionEvent.violated(member, member.getFullName())));
      }
    };
  }

  private static boolean visible(JavaClass type) {
    return type.getModifiers().contains(JavaModifier.PUBLIC)
        && type.getEnclosingClass().map(ArchitectureTest::visible).orElse(true);
  }

  /** Whether a public or protected member has a native type in its signature, however deep. */
  private static boolean showsNativeTypes(JavaMember member) {
    boolean shown =
        member.getModifiers().contains(JavaModifier.PUBLIC)
            || member.getModifiers().contains(JavaModifier.PROTECTED);
    return shown && signature(member).anyMatch(ArchitectureTest::isNative);
  }

  private static Stream<JavaType> signature(JavaMember member) {
    if (member instanceof JavaField field) {
      return Stream.of(field.getType());
    }
    JavaCodeUnit unit = (JavaCodeUnit) member;
    return Stream.concat(Stream.of(unit.getReturnType()), unit.getParameterTypes().stream());
  }

  private static boolean isNative(JavaType type) {
    DescribedPredicate<JavaClass> bytedeco = resideInAPackage("org.bytedeco..");
    return type.getAllInvolvedRawTypes().stream()
        .anyMatch(raw -> bytedeco.test(raw.getBaseComponentType()));
  }
}
