package org.ptuning4j.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What is the same of all modules: their names for Java's module system, and the BOM. */
class ModulesIT {

  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Pattern MODULE = Pattern.compile("<module>(ptuning4j-[^<]*)</module>");
  private static final Pattern MANAGED =
      Pattern.compile(
          "<artifactId>(ptuning4j-[^<]*)</artifactId>\\s*<version>\\$\\{project.version}</version>");

  private static List<String> found(Pattern pattern, String pom) throws IOException {
    return pattern
        .matcher(Files.readString(ROOT.resolve(pom)))
        .results()
        .map((MatchResult match) -> match.group(1))
        .toList();
  }

  /** The modules that are jars which others may depend on. */
  private static List<String> libraries() throws IOException {
    List<String> libraries = new ArrayList<>(found(MODULE, "pom.xml"));
    libraries.removeAll(List.of("ptuning4j-bom", "ptuning4j-dist"));
    assertThat(libraries).contains("ptuning4j-core", "ptuning4j-server", "ptuning4j-cli");
    return libraries;
  }

  /** Jars of this build; a build of some modules has not all of them. */
  private static Map<String, Path> jars() throws IOException {
    String version = Archive.name().substring("ptune-".length());
    Map<String, Path> jars = new TreeMap<>();
    for (String module : libraries()) {
      Path jar = ROOT.resolve(module).resolve("target").resolve(module + "-" + version + ".jar");
      if (Files.exists(jar)) {
        jars.put(module, jar);
      }
    }
    assertThat(jars).containsKeys("ptuning4j-core", "ptuning4j-server", "ptuning4j-cli");
    return jars;
  }

  @Test
  void everyJarHasAModuleName() throws IOException {
    Map<String, String> names = new TreeMap<>();
    for (Map.Entry<String, Path> each : jars().entrySet()) {
      try (JarFile jar = new JarFile(each.getValue().toFile())) {
        Manifest manifest = jar.getManifest();
        String name = manifest.getMainAttributes().getValue("Automatic-Module-Name");
        assertThat(name).as(each.getKey()).matches("org\\.ptuning4j\\.[a-z0-9.]+");
        names.put(name, each.getKey());
      }
    }
    assertThat(names).as("no name twice").hasSameSizeAs(jars());
  }

  /** Otherwise two of them could not be modules of one program. */
  @Test
  void noPackageIsInTwoJars() throws IOException {
    Map<String, String> packages = new TreeMap<>();
    for (Map.Entry<String, Path> each : jars().entrySet()) {
      try (JarFile jar = new JarFile(each.getValue().toFile());
          Stream<String> names = jar.stream().map(entry -> entry.getName())) {
        names
            .filter(name -> name.endsWith(".class"))
            .map(name -> name.substring(0, name.lastIndexOf('/')))
            .distinct()
            .forEach(name -> assertThat(packages.put(name, each.getKey())).as(name).isNull());
      }
    }
  }

  @Test
  void theBomHasEveryLibrary() throws IOException {
    assertThat(found(MANAGED, "ptuning4j-bom/pom.xml"))
        .containsExactlyInAnyOrderElementsOf(libraries());
  }
}
