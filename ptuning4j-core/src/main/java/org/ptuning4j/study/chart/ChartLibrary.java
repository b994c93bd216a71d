package org.ptuning4j.study.chart;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Properties;

/**
 * Chart.js (MIT) as its WebJar {@code org.webjars.npm:chart.js} has it: read from the class path,
 * so that the version is the build's.
 *
 * @param version of the library
 * @param script the whole library, safe within a {@code script} element
 * @param licence its licence, safe within a comment
 */
record ChartLibrary(String version, String script, String licence) {

  private static final String FACTS = "META-INF/maven/org.webjars.npm/chart.js/pom.properties";

  static ChartLibrary load() {
    Properties facts = new Properties();
    try (InputStream in = open(FACTS)) {
      facts.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(FACTS + " cannot be read", e);
    }
    String version = facts.getProperty("version");
    String folder = "META-INF/resources/webjars/chart.js/" + version + "/";
    // The map that the last line names would be fetched by a browser's tools.
    String script =
        text(folder + "dist/chart.umd.min.js")
            .replaceAll("(?m)^//# sourceMappingURL=.*$", "")
            .replaceAll("(?i)</(script)", "<\\\\/$1");
    return new ChartLibrary(version, script, text(folder + "LICENSE.md").replace("--", "- -"));
  }

  private static String text(String resource) {
    try (InputStream in = open(resource)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(resource + " cannot be read", e);
    }
  }

  private static InputStream open(String resource) {
    InputStream in = ChartLibrary.class.getClassLoader().getResourceAsStream(resource);
    if (in == null) {
      throw new IllegalStateException(
          resource + " is not on the class path; org.webjars.npm:chart.js has it");
    }
    return in;
  }
}
