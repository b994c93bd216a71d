package org.ptuning4j;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.backbone.BackboneFamilies;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.hub.store.SafeArchive;
import org.ptuning4j.onnx.OnnxConversion;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Torch;
import org.ptuning4j.tensor.checkpoint.Checkpoints;
import org.ptuning4j.tensor.engine.Engine;
import org.ptuning4j.tensor.file.SafetensorsWriter;
import org.ptuning4j.tensor.file.TensorSource;
import org.ptuning4j.tensor.pickle.StateDictFile;
import org.ptuning4j.text.TextTokenizer;
import org.ptuning4j.text.Truncation;

/**
 * Opens files that were corrupted at random, in a process of its own with little memory: each is
 * read, or refused by name. It prints how many were refused, and how far its memory grew.
 */
public final class CorruptedFilesProcess {

  private static final Pattern TOKEN = Pattern.compile("-?\\d+(\\.\\d+)?|\"[^\"]*\"|true|false");

  /** What the values of a JSON file are replaced by. */
  private static final List<String> VALUES =
      List.of("0", "-1", "1", "2147483647", "4e18", "9007199254740993", "1e999", "0.5").stream()
          .flatMap(number -> Stream.of(number, "\"" + number + "\""))
          .toList();

  private static final List<String> OTHERS =
      List.of("null", "true", "[]", "{}", "[0]", "\"\"", "\"../x\"", "\"bert\"", "");

  private final Path folder;
  private final Random random;
  private int refused;
  private int read;

  private CorruptedFilesProcess(Path folder, long seed) {
    this.folder = folder;
    this.random = new Random(seed);
  }

  /** Opens what was written to a folder. */
  @FunctionalInterface
  private interface Opening {
    void open() throws IOException;
  }

  /**
   * Runs.
   *
   * @param args a folder to work in, and how often each kind of file is corrupted
   */
  public static void main(String[] args) throws IOException {
    Path folder = Path.of(args[0]);
    int rounds = Integer.parseInt(args[1]);
    Torch.start();
    CorruptedFilesProcess warm = new CorruptedFilesProcess(folder, 1);
    warm.run(3);
    long memory = peakMemory();
    long files = openFiles();
    CorruptedFilesProcess process = new CorruptedFilesProcess(folder, 11);
    process.run(rounds);
    System.out.printf(
        "refused %d read %d grown %d files %d%n",
        process.refused, process.read, (peakMemory() - memory) >> 20, openFiles() - files);
  }

  private void run(int rounds) throws IOException {
    for (String family : List.of("bert", "roberta", "albert", "electra", "distilbert")) {
      Path model = copy(family);
      corrupt(rounds / 3, model.resolve("config.json"), true, () -> load(model));
    }
    Path model = copy("bert");
    corrupt(rounds, model.resolve("model.safetensors"), false, () -> load(model));
    corrupt(rounds, model.resolve("tokenizer.json"), true, () -> encode(model));
    Path sharded = sharded();
    Path index = sharded.resolve("model.safetensors.index.json");
    corrupt(rounds, index, true, () -> load(sharded));
    corrupt(rounds / 3, index, false, () -> load(sharded));
    Path pickled = pickled();
    corrupt(rounds, pickled.resolve("pytorch_model.bin"), false, () -> load(pickled));
    Path onnx = folder.resolve("model.onnx");
    Files.write(onnx, resource("/onnx/bert.onnx"));
    corrupt(rounds, onnx, false, () -> convert(onnx));
    Path jar = jar(onnx);
    corrupt(rounds, jar, false, () -> unpack(jar));
  }

  /** Corrupts a file so often, opens it each time, and writes back what it was. */
  private void corrupt(int rounds, Path file, boolean json, Opening opening) throws IOException {
    byte[] sound = Files.readAllBytes(file);
    opening.open();
    for (int i = 0; i < rounds; i++) {
      Files.write(file, json && i % 4 != 0 ? replaced(sound) : damaged(sound));
      try {
        opening.open();
        read++;
      } catch (InvalidInputException | IOException | UncheckedIOException e) {
        refused++;
        String said = String.valueOf(e.getMessage());
        if (!said.contains(String.valueOf(file.getFileName()))
            && !said.contains(String.valueOf(file.getParent().getFileName()))) {
          throw new AssertionError(file + " is not named by: " + said, e);
        }
      } catch (RuntimeException | Error e) {
        Path kept = Files.copy(file, folder.resolve("found-" + System.nanoTime()));
        throw new AssertionError(file + ", as in " + kept + ": " + e, e);
      }
    }
    Files.write(file, sound);
  }

  /** Bytes changed, zeroed or repeated, or the end cut off. */
  private byte[] damaged(byte[] sound) {
    byte[] bytes =
        random.nextInt(4) == 0 ? Arrays.copyOf(sound, random.nextInt(sound.length)) : sound.clone();
    if (bytes.length == 0) {
      return bytes;
    }
    // The beginning holds what says how the rest is read.
    int reach = random.nextBoolean() ? bytes.length : Math.min(bytes.length, 4096);
    int at = random.nextInt(reach);
    int length = Math.min(random.nextInt(1, 16), bytes.length - at);
    switch (random.nextInt(4)) {
      case 0 -> Arrays.fill(bytes, at, at + length, (byte) random.nextInt());
      case 1 -> System.arraycopy(bytes.clone(), random.nextInt(at + 1), bytes, at, length);
      default -> {
        for (int i = random.nextInt(4); i >= 0; i--) {
          bytes[random.nextInt(reach)] = (byte) random.nextInt();
        }
      }
    }
    return bytes;
  }

  /** One or two values replaced by others. */
  private byte[] replaced(byte[] sound) {
    String text = new String(sound, StandardCharsets.UTF_8);
    for (int i = random.nextInt(2); i >= 0; i--) {
      List<int[]> places = new ArrayList<>();
      Matcher tokens = TOKEN.matcher(text);
      while (tokens.find() && places.size() < 5000) {
        places.add(new int[] {tokens.start(), tokens.end()});
      }
      if (places.isEmpty()) {
        break;
      }
      int[] place = places.get(random.nextInt(places.size()));
      List<String> values = random.nextInt(3) == 0 ? OTHERS : VALUES;
      String value = values.get(random.nextInt(values.size()));
      text = text.substring(0, place[0]) + value + text.substring(place[1]);
    }
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static void load(Path model) {
    BackboneFamilies.standard().load(ModelFolder.open(model), Engine.reference()).close();
  }

  private static void encode(Path model) {
    try (TextTokenizer tokenizer = TextTokenizer.open(model)) {
      tokenizer.encode("The capital of France is 北京.", "it", Truncation.none());
    }
  }

  private void convert(Path onnx) throws IOException {
    Path out = Files.createTempDirectory(folder, "converted");
    OnnxConversion.write(onnx, TinyModel.bert().resolve("tokenizer.json"), out);
  }

  private void unpack(Path jar) throws IOException {
    try (SafeArchive archive = SafeArchive.open(jar)) {
      for (String name : archive.names()) {
        archive.copy(name, folder.resolve("unpacked"));
      }
    }
  }

  private Path copy(String family) throws IOException {
    Path model = Files.createDirectories(folder.resolve("model-" + family));
    try (Stream<Path> files = Files.list(TinyModel.folder(family))) {
      for (Path file : files.toList()) {
        Files.write(model.resolve(file.getFileName().toString()), Files.readAllBytes(file));
      }
    }
    return model;
  }

  private static Map<String, Tensor> tensors(Path model) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    try (TensorSource source = Checkpoints.open(model)) {
      source.names().forEach(name -> tensors.put(name, source.read(name)));
    }
    return tensors;
  }

  private Path pickled() throws IOException {
    Path model = copy("roberta");
    Path weights = model.resolve("model.safetensors");
    Scope.run(() -> StateDictFile.write(model.resolve("pytorch_model.bin"), tensors(model)));
    Files.delete(weights);
    return Files.move(model, folder.resolve("pickled-" + System.nanoTime()));
  }

  private Path sharded() throws IOException {
    Path model = copy("albert");
    Path whole = model.resolve("model.safetensors");
    StringBuilder map = new StringBuilder();
    Scope.run(
        () -> {
          Map<String, Tensor> first = new LinkedHashMap<>();
          Map<String, Tensor> second = new LinkedHashMap<>();
          tensors(model)
              .forEach(
                  (name, tensor) -> {
                    boolean odd = name.hashCode() % 2 != 0;
                    (odd ? first : second).put(name, tensor);
                    map.append(map.isEmpty() ? "" : ", ")
                        .append("\"%s\": \"part-%d.safetensors\"".formatted(name, odd ? 1 : 2));
                  });
          SafetensorsWriter.write(model.resolve("part-1.safetensors"), first, Map.of());
          SafetensorsWriter.write(model.resolve("part-2.safetensors"), second, Map.of());
        });
    Files.delete(whole);
    Files.writeString(
        model.resolve("model.safetensors.index.json"),
        "{\"metadata\": {\"total_size\": 1}, \"weight_map\": {" + map + "}}",
        StandardCharsets.UTF_8);
    return Files.move(model, folder.resolve("sharded-" + System.nanoTime()));
  }

  private Path jar(Path content) throws IOException {
    Path jar = folder.resolve("model.jar");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(jar))) {
      zip.putNextEntry(new ZipEntry("model.onnx"));
      zip.write(Files.readAllBytes(content));
      zip.putNextEntry(new ZipEntry("tokenizer.json"));
      zip.write(Files.readAllBytes(TinyModel.bert().resolve("tokenizer.json")));
    }
    return jar;
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in = CorruptedFilesProcess.class.getResourceAsStream(name)) {
      return in.readAllBytes();
    }
  }

  private static long peakMemory() throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
      return lines
              .filter(line -> line.startsWith("VmHWM:"))
              .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
              .findFirst()
              .orElseThrow()
          << 10;
    }
  }

  private static long openFiles() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
      return files.count();
    }
  }
}
