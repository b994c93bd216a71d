package org.ptuning4j.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.ptuning4j.FailureReason;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.prompt.method.PTuningV2;
import org.ptuning4j.prompt.method.PromptTuning;
import org.ptuning4j.tensor.engine.Machine;

/**
 * Runs this library and, given a folder with the Python peer, Hugging Face PEFT, alternately in one
 * session, and prints each figure's median and the ratios ours/peer. Each measurement is a process
 * of its own.
 *
 * <p>Arguments: {@code [--peer DIR] [--rounds N] [--work DIR] [--only step,epoch,predict]
 * [--precisions bf16,fp32] [--families bert,deberta,deberta-v2] [--layers N] [--model DIR --train F
 * --dev F --rows N --dropout X] [--ptune COMMAND]}. {@code --peer} is a root folder to {@code
 * chroot} into, with Python, PyTorch, transformers and {@code /peft-src}; {@code --model}, {@code
 * --train} and {@code --dev} are what the epochs run on, SST-2 as TSV or CoNLL-2004 as JSON.
 */
public final class Compare {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Map<String, String> options;
  private final Map<String, List<Double>> figures = new LinkedHashMap<>();
  private final List<String> precisions;

  private Compare(Map<String, String> options) {
    this.options = options;
    this.precisions = precisions(options.getOrDefault("--precisions", ""));
  }

  /** Those asked for; else those that the processor has instructions for. */
  private static List<String> precisions(String asked) {
    if (!asked.isEmpty()) {
      return List.of(asked.split(",", -1));
    }
    if (Machine.detect().hasFastBf16()) {
      return List.of("bf16", "fp32");
    }
    System.err.println(
        "bf16 is left out: this processor (as the environment limits it) has no instructions for"
            + " it, and emulated it takes ten minutes and says nothing; --precisions bf16,fp32 runs"
            + " it even so");
    return List.of("fp32");
  }

  /** See the class. Exits with 2 for what cannot be run, and with 1 where a measurement fails. */
  public static void main(String[] args) throws InterruptedException {
    try {
      new Compare(CompareArguments.parse(args)).run();
    } catch (InvalidInputException e) {
      System.err.println("compare: " + e.getMessage());
      System.exit(2);
    } catch (IOException e) {
      System.err.println("compare: " + FailureReason.of(e));
      System.exit(1);
    }
  }

  private void run() throws IOException, InterruptedException {
    int rounds = Integer.parseInt(options.getOrDefault("--rounds", "3"));
    List<String> only =
        List.of(options.getOrDefault("--only", "step,epoch,predict").split(",", -1));
    for (int round = 1; round <= rounds; round++) {
      System.err.println("round " + round + " of " + rounds);
      if (only.contains("step")) {
        steps();
      }
      if (only.contains("epoch") && options.containsKey("--train")) {
        epochs();
      }
      if (only.contains("predict") && options.containsKey("--ptune")) {
        predictions();
      }
    }
    print();
  }

  /** Of BERT unless other families are asked for, which PEFT has prompt tuning for only. */
  private void steps() throws IOException, InterruptedException {
    for (String family : options.getOrDefault("--families", "bert").split(",", -1)) {
      List<String> methods =
          family.equals("bert")
              ? List.of(PTuningV2.NAME)
              : List.of(PTuningV2.NAME, PromptTuning.NAME);
      for (String method : methods) {
        for (String what : List.of("train", "infer")) {
          for (String precision : precisions) {
            step(family, method, what, precision);
          }
        }
      }
    }
  }

  private void step(String family, String method, String what, String precision)
      throws IOException, InterruptedException {
    boolean bert = family.equals("bert");
    String layers = options.getOrDefault("--layers", "12");
    String name = (bert ? "" : family + " " + method + " ") + what + " " + precision;
    JsonNode ours =
        ours(
            "StepBenchmark",
            work("step"),
            what,
            precision,
            "16",
            "128",
            "20",
            "0",
            "8",
            family,
            layers,
            method);
    note("ours " + name + " s", ours.get("median").asDouble());
    note("ours " + name + " MB", ours.get("peak_mb").asDouble());
    if (options.containsKey("--peer") && (bert || method.equals(PromptTuning.NAME))) {
      JsonNode peer =
          peer(
              "/bench/peft_step.py",
              "--dtype",
              precision,
              "--attention",
              bert && precision.equals("fp32") ? "sdpa" : "eager",
              "--dropout",
              "0",
              "--family",
              family,
              "--layers",
              layers,
              "--method",
              bert ? "prefix" : "prompt",
              "--what",
              what);
      String key = what.equals("train") ? "step_median" : "infer_median";
      note("peer " + name + " s", peer.get(key).asDouble());
      note("peer " + name + " MB", peer.get("peak_mb").asDouble());
    }
  }

  /**
   * An epoch of P-Tuning v2 in all layers beside the peer's, and of what runs fewer layers: prompts
   * in the top two, and a head alone, after the first epoch. The peer has no counterpart of these,
   * and is compared by its prefixes in all layers.
   */
  private void epochs() throws IOException, InterruptedException {
    for (String precision : precisions) {
      Map<String, JsonNode> ours = new LinkedHashMap<>();
      for (String what : List.of("all", "top:2", "head")) {
        ours.put(what, ours("EpochBenchmark", epoch(precision, what)));
      }
      note("ours epoch " + precision + " s", ours.get("all").get("next_s").asDouble());
      note("ours epoch " + precision + " MB", ours.get("all").get("peak_mb").asDouble());
      note("ours epoch, top 2, " + precision + " s", ours.get("top:2").get("next_s").asDouble());
      note("ours epoch, head, " + precision + " s", ours.get("head").get("next_s").asDouble());
      if (options.containsKey("--peer")) {
        copyInto(Path.of(options.get("--peer"), "bench-data"));
        double peer = isEntities() ? peerEntities() : peerSentences(precision);
        note("peer epoch " + precision + " s", peer);
        note("peer epoch, top 2, " + precision + " s", peer);
        note("peer epoch, head, " + precision + " s", peer);
      }
    }
  }

  private boolean isEntities() {
    return options.get("--train").endsWith(".json");
  }

  private String dropout() {
    return options.getOrDefault("--dropout", "0.1");
  }

  private String[] epoch(String precision, String what) {
    return new String[] {
      options.get("--model"),
      options.get("--train"),
      options.get("--dev"),
      precision,
      isEntities() ? "0" : options.getOrDefault("--rows", "16000"),
      what,
      dropout(),
      "3"
    };
  }

  /** The seconds of the quickest epoch after the first. */
  private double peerSentences(String precision) throws IOException, InterruptedException {
    return quickest(
        peerLines(
            "/bench/peft_train.py",
            "--model",
            "/bench-data/model",
            "--train",
            "/bench-data/train.tsv",
            "--dev",
            "/bench-data/dev.tsv",
            "--method",
            "prefix",
            "--length",
            "20",
            "--lr",
            "1e-2",
            "--epochs",
            "3",
            "--batch",
            "32",
            "--max-length",
            "128",
            "--limit",
            options.getOrDefault("--rows", "16000"),
            "--dtype",
            precision,
            "--attention",
            precision.equals("bf16") ? "eager" : "sdpa",
            "--dropout",
            dropout(),
            "--group"));
  }

  private double peerEntities() throws IOException, InterruptedException {
    return quickest(
        peerLines(
            "/bench/peft_ner.py",
            "--model",
            "/bench-data/model",
            "--train",
            "/bench-data/train.json",
            "--dev",
            "/bench-data/dev.json",
            "--length",
            "32",
            "--epochs",
            "3",
            "--batch",
            "16",
            "--dropout",
            dropout(),
            "--group"));
  }

  /** Of lines with an epoch each, whose seconds are those of all epochs so far. */
  private static double quickest(List<JsonNode> lines) {
    List<JsonNode> epochs = lines.stream().filter(line -> line.has("epoch")).toList();
    double quickest = Double.POSITIVE_INFINITY;
    for (int i = 1; i < epochs.size(); i++) {
      double before = epochs.get(i - 1).get("train_s").asDouble();
      quickest = Math.min(quickest, epochs.get(i).get("train_s").asDouble() - before);
    }
    return quickest;
  }

  private void predictions() throws IOException, InterruptedException {
    List<String> ours = new ArrayList<>(List.of(options.get("--ptune").split(" ", -1)));
    note("ours predict process s", seconds(ours));
    if (options.containsKey("--peer")) {
      Path shared = Path.of(options.get("--peer"), "bench-data");
      copyInto(shared);
      String script = "/bench/peft_predict.py";
      List<String> make =
          peerCommand(
              script,
              "--model",
              "/bench-data/model",
              "--adapter",
              "/bench-data/adapter",
              "--make",
              "x");
      if (!Files.exists(shared.resolve("adapter"))) {
        seconds(make);
      }
      note(
          "peer predict process s",
          seconds(
              peerCommand(
                  script,
                  "--model",
                  "/bench-data/model",
                  "--adapter",
                  "/bench-data/adapter",
                  "a film of quiet charm")));
    }
  }

  /** The peer sees only its own root: the model and the data go there. */
  private void copyInto(Path shared) throws IOException {
    Files.createDirectories(StepBenchmark.emptied(shared).resolve("model"));
    if (options.containsKey("--model")) {
      try (var files = Files.list(Path.of(options.get("--model")))) {
        for (Path file : files.toList()) {
          copy(file, shared.resolve("model").resolve(file.getFileName().toString()));
        }
      }
    }
    if (options.containsKey("--train")) {
      String ending = isEntities() ? ".json" : ".tsv";
      copy(Path.of(options.get("--train")), shared.resolve("train" + ending));
      copyDev(Path.of(options.get("--dev")), shared.resolve("dev" + ending));
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.copy(from, to);
  }

  /**
   * Some copies of SST-2 call the text column of the dev file otherwise than that of the training
   * file.
   */
  private static void copyDev(Path from, Path to) throws IOException {
    List<String> lines = new ArrayList<>(Files.readAllLines(from, StandardCharsets.UTF_8));
    lines.set(0, lines.get(0).replace("content", "sentence"));
    Files.write(to, lines, StandardCharsets.UTF_8);
  }

  private String work(String name) throws IOException {
    Path work =
        Path.of(options.getOrDefault("--work", System.getProperty("java.io.tmpdir")))
            .resolve("ptuning4j-" + name);
    Files.createDirectories(work);
    return work.toString();
  }

  private JsonNode ours(String main, String... arguments) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Xms24m",
                "-Xmn16m",
                "-cp",
                System.getProperty("java.class.path"),
                "org.ptuning4j.benchmarks." + main));
    command.addAll(List.of(arguments));
    return lastJson(command);
  }

  private JsonNode peer(String... arguments) throws IOException, InterruptedException {
    return lastJson(peerCommand(arguments));
  }

  private List<JsonNode> peerLines(String... arguments) throws IOException, InterruptedException {
    return jsonLines(peerCommand(arguments));
  }

  private List<String> peerCommand(String... arguments) {
    List<String> command = new ArrayList<>(List.of("chroot", options.get("--peer"), "python3"));
    command.addAll(List.of(arguments));
    return command;
  }

  private static double seconds(List<String> command) throws IOException, InterruptedException {
    long start = System.nanoTime();
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    if (process.waitFor() != 0) {
      throw new IOException(command + " failed");
    }
    return (System.nanoTime() - start) / 1e9;
  }

  private static JsonNode lastJson(List<String> command) throws IOException, InterruptedException {
    List<JsonNode> lines = jsonLines(command);
    return lines.get(lines.size() - 1);
  }

  private static List<JsonNode> jsonLines(List<String> command)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException(command + " failed: " + output);
    }
    List<JsonNode> lines = new ArrayList<>();
    for (String line : output.lines().filter(each -> each.startsWith("{")).toList()) {
      lines.add(JSON.readTree(line));
    }
    return lines;
  }

  private void note(String figure, double value) {
    figures.computeIfAbsent(figure, key -> new ArrayList<>()).add(value);
    System.err.printf(Locale.ROOT, "  %-38s %.3f%n", figure, value);
  }

  private void print() {
    System.out.printf(Locale.ROOT, "%-34s %10s %10s %8s%n", "", "ours", "peer", "ratio");
    figures.forEach(
        (figure, values) -> {
          if (figure.startsWith("ours ")) {
            String what = figure.substring("ours ".length());
            double ours = median(values);
            List<Double> peers = figures.get("peer " + what);
            if (peers == null) {
              System.out.printf(Locale.ROOT, "%-34s %10.3f%n", what, ours);
            } else {
              System.out.printf(
                  Locale.ROOT,
                  "%-34s %10.3f %10.3f %8.2f%n",
                  what,
                  ours,
                  median(peers),
                  ours / median(peers));
            }
          }
        });
  }

  private static double median(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }
}
