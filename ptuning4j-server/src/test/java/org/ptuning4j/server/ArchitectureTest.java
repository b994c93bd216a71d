package org.ptuning4j.server;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Which package of the server may know which. */
@AnalyzeClasses(
    packages = "org.ptuning4j.server",
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

  @ArchTest
  static final ArchRule NO_CYCLES =
      slices().matching("org.ptuning4j.server.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule ONLY_THE_SEAM_PREDICTS =
      noClasses()
          .that()
          .resideOutsideOfPackages(
              "org.ptuning4j.server.serving..", "org.ptuning4j.server.observe..")
          .should()
          .dependOnClassesThat()
          .haveFullyQualifiedName("org.ptuning4j.predict.Predictor");

  @ArchTest
  static final ArchRule NO_TENSORS =
      noClasses().should().dependOnClassesThat().resideInAnyPackage("org.bytedeco..");
}
