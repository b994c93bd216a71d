package org.ptuning4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ptuning4j.cli.options.Plugins;

/**
 * The method and the task of docs/extending.md as a jar: compiled and packed here, found by the
 * command in a process of its own.
 */
class ExtensionProcessTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int PATIENCE_SECONDS = 240;

  @TempDir static Path folder;
  private static Path jar;

  /** What a process said. */
  private record Said(int code, String out, String err) {}

  @BeforeAll
  static void pack() throws IOException {
    Path sources = folder.resolve("sources/org/example/plugin");
    Files.createDirectories(sources);
    List<String> arguments = new ArrayList<>();
    Path classes = Files.createDirectories(folder.resolve("classes"));
    arguments.addAll(List.of("-proc:none", "-cp", System.getProperty("java.class.path"), "-d"));
    arguments.add(classes.toString());
    for (String name : List.of("TiedPrefix", "RatingTask", "ReviewMethods", "ReviewTasks")) {
      String code = Files.readString(guide(name), StandardCharsets.UTF_8);
      // In a package that is on no class path but the jar's.
      Path own = sources.resolve(name + ".java");
      Files.writeString(own, code.replace("org.example.extending", "org.example.plugin"));
      arguments.add(own.toString());
    }
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    assertThat(compiler.run(null, null, null, arguments.toArray(String[]::new))).isZero();
    Path services = Files.createDirectories(classes.resolve("META-INF/services"));
    Files.writeString(
        services.resolve("org.ptuning4j.prompt.PromptMethodProvider"),
        "org.example.plugin.ReviewMethods\n");
    Files.writeString(
        services.resolve("org.ptuning4j.task.TaskProvider"), "org.example.plugin.ReviewTasks\n");
    jar = jarOf(classes, folder.resolve("plugins/reviews.jar"));
  }

  private static Path guide(String name) {
    return Path.of("")
        .toAbsolutePath()
        .resolveSibling("ptuning4j-core/src/test/java/org/example/extending/" + name + ".java");
  }

  private static Path jarOf(Path classes, Path file) throws IOException {
    Files.createDirectories(file.getParent());
    try (OutputStream bytes = Files.newOutputStream(file);
        JarOutputStream out = new JarOutputStream(bytes);
        Stream<Path> files = Files.walk(classes)) {
      for (Path each : files.filter(Files::isRegularFile).toList()) {
        out.putNextEntry(new JarEntry(classes.relativize(each).toString().replace('\\', '/')));
        out.write(Files.readAllBytes(each));
        out.closeEntry();
      }
    }
    return file;
  }

  private static Said ptune(Path plugins, String... args) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp"));
    command.add(System.getProperty("java.class.path"));
    command.add("org.ptuning4j.cli.Main");
    command.addAll(List.of(args));
    Path out = folder.resolve("out.txt");
    Path err = folder.resolve("err.txt");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
    builder.environment().put("OMP_NUM_THREADS", "1");
    builder.environment().put("OPENBLAS_NUM_THREADS", "1");
    builder.environment().put("PTUNE_PLUGINS", plugins.toString());
    Process process = builder.start();
    boolean ended = process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
    if (!ended) {
      process.destroyForcibly();
    }
    assertThat(ended).as("the process ends by itself").isTrue();
    return new Said(
        process.exitValue(),
        Files.readString(out, StandardCharsets.UTF_8),
        Files.readString(err, StandardCharsets.UTF_8));
  }

  private static Path reviews(String name, int lines, long seed) throws IOException {
    SplittableRandom random = new SplittableRandom(seed);
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < lines; i++) {
      boolean good = random.nextBoolean();
      text.append(good ? "****_ A wonderful " : "*____ A terrible ")
          .append(random.nextBoolean() ? "film" : "book")
          .append(", ")
          .append(good ? "lovely" : "awful")
          .append(".\n");
    }
    return Files.writeString(folder.resolve(name), text, StandardCharsets.UTF_8);
  }

  @Test
  void aJarsMethodAndTaskAreTrainedSavedAndServed() throws IOException, InterruptedException {
    Path train = reviews("train.txt", 48, 1);
    Path dev = reviews("dev.txt", 16, 2);
    Path run = folder.resolve("run");
    Said trained =
        ptune(
            jar,
            "train",
            "--model",
            "bert-mini",
            "--task",
            "rating",
            "--method",
            "tied-prefix",
            "--prompt-length",
            "3",
            "--spread",
            "0.25",
            "--lr",
            "5e-2",
            "--epochs",
            "3",
            "--batch",
            "8",
            "--precision",
            "fp32",
            "--train",
            train.toString(),
            "--dev",
            dev.toString(),
            "--out",
            run.toString());
    assertThat(trained.code()).as(trained.err()).isZero();
    JsonNode result = JSON.readTree(run.resolve("result.json").toFile());
    assertThat(result.path("method").asText()).isEqualTo("tied-prefix");
    assertThat(result.path("settings").path("spread").asDouble()).isEqualTo(0.25);
    assertThat(result.path("settings").path("prompt_length").asInt()).isEqualTo(3);
    assertThat(result.path("best").path("within_a_star").asDouble()).isGreaterThan(0.8);

    Path rows =
        Files.writeString(
            folder.resolve("rows.jsonl"),
            "{\"text\": \"A wonderful song, lovely.\"}\n{\"text\": \"A terrible song, awful.\"}\n");
    // A folder of jars does as well.
    Said predicted =
        ptune(
            jar.getParent(),
            "predict",
            "--model",
            "bert-mini",
            "--pack",
            run.toString(),
            "--precision",
            "fp32",
            "--input",
            rows.toString());
    assertThat(predicted.code()).as(predicted.err()).isZero();
    List<Double> stars = new ArrayList<>();
    for (String line : predicted.out().lines().toList()) {
      stars.add(JSON.readTree(line).path("stars").asDouble());
    }
    assertThat(stars).hasSize(2);
    assertThat(stars.get(0)).isGreaterThan(stars.get(1) + 1);

    Run without =
        Run.of(
            "predict",
            "--model",
            "bert-mini",
            "--pack",
            run.toString(),
            "--input",
            rows.toString());
    assertThat(without.code()).isEqualTo(2);
    assertThat(without.err()).contains("'rating' is not known");
  }

  /** A command in this process, which knows the classes of a jar for its time. */
  private static Run with(Path plugin, String... args) {
    Thread thread = Thread.currentThread();
    ClassLoader own = thread.getContextClassLoader();
    try {
      Plugins.open(List.of(plugin));
      return Run.of(args);
    } finally {
      thread.setContextClassLoader(own);
    }
  }

  @Test
  void theSettingsOfTheJarsMethodAreOptionsAndAreChecked() throws IOException {
    Run help = with(jar, "train", "--help");
    assertThat(help.code()).isZero();
    assertThat(help.out())
        .contains("--spread=X", "The standard deviation of the start.", "Methods: tied-prefix.")
        .contains("tied-prefix", "rating");
    Run wrong = rating("--method", "tied-prefix", "--spread", "0");
    assertThat(wrong.code()).isEqualTo(2);
    assertThat(wrong.err()).contains("--spread: 0 must be more than 0");
    Run other = rating("--spread", "1");
    assertThat(other.code()).isEqualTo(2);
    assertThat(other.err()).contains("p-tuning-v2 has no use for --spread", "tied-prefix");
  }

  private static Run rating(String... more) throws IOException {
    String data = reviews("some.txt", 4, 3).toString();
    List<String> args = new ArrayList<>(List.of("train", "--model", "bert-mini"));
    args.addAll(List.of("--task", "rating", "--train", data, "--dev", data));
    args.addAll(List.of("--out", folder.resolve("never").toString()));
    args.addAll(List.of(more));
    return with(jar, args.toArray(String[]::new));
  }

  @Test
  @Tag("ci")
  void doctorTellsWhatTheJarBrings() throws IOException, InterruptedException {
    Said doctor = ptune(jar, "doctor", "--json");
    assertThat(doctor.code()).as(doctor.err()).isZero();
    JsonNode plugins = JSON.readTree(doctor.out()).path("plugins");
    assertThat(plugins.path("jars")).hasSize(1);
    assertThat(plugins.path("jars").path(0).asText()).isEqualTo(jar.toString());
    assertThat(plugins.path("methods").path(0).asText()).isEqualTo("tied-prefix");
    assertThat(plugins.path("tasks").path(0).asText()).isEqualTo("rating");
    assertThat(plugins.path("heads").asText()).isEqualTo("none");
    assertThat(plugins.path("model_types").asText()).isEqualTo("none");
  }

  @Test
  void aJarThatIsNotThereOrIsBrokenIsNamed() throws IOException, InterruptedException {
    Said missing = ptune(folder.resolve("none.jar"), "train", "--help");
    assertThat(missing.code()).isEqualTo(2);
    assertThat(missing.err()).contains("PTUNE_PLUGINS", "none.jar", "does not exist");

    Path services = Files.createDirectories(folder.resolve("broken/META-INF/services"));
    Files.writeString(
        services.resolve("org.ptuning4j.prompt.PromptMethodProvider"), "org.example.Absent\n");
    Path broken = jarOf(folder.resolve("broken"), folder.resolve("broken.jar"));
    Run said = with(broken, "train", "--help");
    assertThat(said.code()).isEqualTo(2);
    assertThat(said.err()).contains("extension:", "org.example.Absent").doesNotContain("\tat ");
  }
}
