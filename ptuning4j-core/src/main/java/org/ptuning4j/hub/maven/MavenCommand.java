package org.ptuning4j.hub.maven;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.ptuning4j.InvalidInputException;

/**
 * The user's own Maven, run as a process: it knows their settings, mirrors, proxies and passwords,
 * and keeps what it fetched in their repository.
 */
public final class MavenCommand {

  /** Copies one artefact to a folder, without a project. */
  static final String COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.11.0:copy";

  private static final int MOST_OUTPUT = 1 << 20;

  private final Map<String, String> environment;
  private final boolean offline;

  /**
   * A Maven.
   *
   * @param environment the process's variables: {@code MAVEN_HOME}, {@code M2_HOME}, {@code PATH}
   * @param offline whether it may only use what it has
   */
  public MavenCommand(Map<String, String> environment, boolean offline) {
    this.environment = environment;
    this.offline = offline;
  }

  /**
   * Copies an artefact's file to an empty folder.
   *
   * @return the file
   * @throws InvalidInputException if there is no Maven, or it cannot get the artefact; the message
   *     has Maven's own reason
   */
  Path copy(MavenName artefact, Path folder) throws IOException {
    List<String> command = new ArrayList<>(List.of(executable().toString(), "-B", "-ntp"));
    if (offline) {
      command.add("-o");
    }
    command.addAll(
        List.of(COPY, "-Dartifact=" + artefact.coordinates(), "-DoutputDirectory=" + folder));
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
    builder.environment().clear();
    builder.environment().putAll(environment);
    Process process = builder.start();
    process.getOutputStream().close();
    String output = output(process);
    try {
      if (process.waitFor() != 0) {
        throw failed(artefact, output);
      }
    } catch (InterruptedException e) {
      process.destroy();
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
    return theFile(artefact, folder);
  }

  /** All that it says, read to its end, of which a part is kept. */
  private static String output(Process process) throws IOException {
    try (InputStream in = process.getInputStream()) {
      String kept = new String(in.readNBytes(MOST_OUTPUT), Charset.defaultCharset());
      in.transferTo(java.io.OutputStream.nullOutputStream());
      return kept;
    }
  }

  private static Path theFile(MavenName artefact, Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(Files::isRegularFile)
          .findFirst()
          .orElseThrow(
              () ->
                  InvalidInputException.of(
                      "model: Maven says it has fetched %s, and there is no file", artefact));
    }
  }

  private InvalidInputException failed(MavenName artefact, String output) {
    String reason =
        output
            .lines()
            .map(line -> line.replaceAll("\u001b\\[[0-9;]*m", ""))
            .filter(line -> line.startsWith("[ERROR]"))
            .map(line -> line.substring("[ERROR]".length()).strip())
            .filter(line -> !line.isEmpty())
            .map(line -> line.replaceFirst(" -> \\[Help \\d+\\]$", ""))
            .findFirst()
            .orElse("it gives no reason");
    return InvalidInputException.of(
        "model: Maven cannot get %s: %s%s",
        artefact, reason, offline ? " (HF_HUB_OFFLINE forbids to fetch it)" : "");
  }

  /** {@code mvn}, in the Maven that the environment names, or on the path. */
  private Path executable() {
    boolean windows = System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("windows");
    String name = windows ? "mvn.cmd" : "mvn";
    Stream<Path> homes =
        Stream.of("MAVEN_HOME", "M2_HOME")
            .flatMap(variable -> Optional.ofNullable(environment.get(variable)).stream())
            .filter(home -> !home.isBlank())
            .map(home -> Path.of(home, "bin", name));
    Stream<Path> path =
        Arrays.stream(environment.getOrDefault("PATH", "").split(File.pathSeparator, -1))
            .filter(folder -> !folder.isBlank())
            .map(folder -> Path.of(folder, name));
    return Stream.concat(homes, path)
        .filter(Files::isExecutable)
        .findFirst()
        .map(Path::toAbsolutePath)
        .orElseThrow(
            () ->
                InvalidInputException.of(
                    "model: there is no %s on the PATH, nor in MAVEN_HOME; Maven fetches models of"
                        + " artefacts, with your own settings and mirrors. Install it, or fetch the"
                        + " artefact otherwise, unpack it, and name the model in it with onnx:FILE",
                    name));
  }
}
