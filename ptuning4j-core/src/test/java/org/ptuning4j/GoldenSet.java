package org.ptuning4j;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.backbone.BackboneFamilies;
import org.ptuning4j.backbone.Geometry;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.backbone.Reach;
import org.ptuning4j.backbone.TokenBatch;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.file.SafetensorsFile;

/**
 * Tensors computed by other implementations. The folder is the system property {@code golden.dir};
 * by default, the copies among the test resources.
 */
public final class GoldenSet {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Architectures that there are cases of, and no family yet. */
  private static final Set<String> NOT_YET_SUPPORTED = Set.of("glm-4");

  private GoldenSet() {}

  /** The folder of the set. */
  public static Path folder() {
    String property = System.getProperty("golden.dir");
    if (property != null && !property.isBlank()) {
      return Path.of(property);
    }
    try {
      return Path.of(GoldenSet.class.getResource("/golden").toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * The folders of architectures that the library supports, each with a model and cases. A folder
   * whose architecture is neither supported nor known not to be is an error; otherwise its cases
   * would be passed over in silence.
   */
  public static List<Path> supportedArchitectures() {
    return architectures().stream().filter(f -> isSupported(f.resolve("model"))).toList();
  }

  /** The folders of all architectures of the set. */
  public static List<Path> architectures() {
    try (Stream<Path> folders = Files.list(folder())) {
      return folders
          .filter(f -> Files.exists(f.resolve("cases.json")) && Files.exists(f.resolve("model")))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether the library claims to support a model's architecture. */
  public static boolean isSupported(Path model) {
    String type = type(ModelFolder.open(model));
    boolean supported = BackboneFamilies.standard().modelTypes().contains(type);
    if (supported == NOT_YET_SUPPORTED.contains(type)) {
      throw new AssertionError(
          model
              + ": '"
              + type
              + (supported
                  ? "' is supported: take it from the list of those that are not"
                  : "' is neither supported nor in the list of those that are not"));
    }
    return supported;
  }

  /**
   * GLM-4 and the GLM of the papers have one model type; only the papers' has {@code num_layers}.
   */
  private static String type(ModelFolder model) {
    boolean another = model.modelType().equals("glm") && !model.has("num_layers");
    return another ? "glm-4" : model.modelType();
  }

  /** Reads a JSON file. */
  public static JsonNode json(Path file) {
    try {
      return JSON.readTree(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The cases of a folder with {@code cases.json} and {@code cases.safetensors}, of the given
   * kinds.
   */
  public static List<Case> cases(Path folder, String... kinds) {
    List<Case> cases = new ArrayList<>();
    for (JsonNode node : json(folder.resolve("cases.json")).get("cases")) {
      if (Set.of(kinds).contains(node.get("kind").asText())) {
        cases.add(new Case(folder, node));
      }
    }
    return cases;
  }

  /** One case. */
  public record Case(Path folder, JsonNode node) {

    /** Its name, with the architecture. */
    public String name() {
      return folder.getFileName() + "/" + node.get("name").asText();
    }

    /** A text field; empty if it is missing. */
    public String text(String field) {
      return node.path(field).asText("");
    }

    /** Whether the case has an input. */
    public boolean has(String role) {
      return node.get("inputs").has(role);
    }

    /**
     * The names of the inputs or outputs that begin with a prefix, the prefix cut off, with their
     * keys.
     */
    public Map<String, String> keys(String group, String prefix) {
      Map<String, String> keys = new HashMap<>();
      node.path(group)
          .properties()
          .forEach(
              field -> {
                if (field.getKey().startsWith(prefix)) {
                  keys.put(field.getKey().substring(prefix.length()), field.getValue().asText());
                }
              });
      return keys;
    }

    /** An input tensor. */
    public Tensor input(String role) {
      return read(node.get("inputs").get(role).asText());
    }

    /** An output tensor. */
    public Tensor output(String role) {
      return read(node.get("outputs").get(role).asText());
    }

    /** A tensor by its key. */
    public Tensor read(String key) {
      try (SafetensorsFile file = SafetensorsFile.open(folder.resolve("cases.safetensors"))) {
        return file.read(key);
      }
    }

    /** The token ids, mask and types, under the given prefix of their roles. */
    public TokenBatch tokens(String prefix) {
      Tensor ids = input(prefix + "input_ids");
      long[] flat = Tensors.longs(ids);
      long[] all = new long[flat.length];
      Arrays.fill(all, 1);
      int columns = Math.toIntExact(ids.size(-1));
      int rows = Math.toIntExact(ids.numel() / columns);
      long[] mask =
          has(prefix + "attention_mask") ? Tensors.longs(input(prefix + "attention_mask")) : all;
      int[] anchors = new int[rows];
      for (int row = 0; row < rows; row++) {
        while (mask[row * columns + anchors[row]] == 0) {
          anchors[row]++; // the first token of a row that is padded on the left
        }
      }
      boolean isLeftPadded = IntStream.of(anchors).anyMatch(anchor -> anchor > 0);
      return new TokenBatch(
          rows,
          columns,
          flat,
          mask,
          has(prefix + "token_type_ids")
              ? Tensors.longs(input(prefix + "token_type_ids"))
              : new long[flat.length],
          new int[0],
          has("last_index") ? ints(input("last_index")) : anchors,
          isLeftPadded && has("position_ids") ? positions() : Geometry.PLAIN);
    }

    /** The positions that were used, without the shift by the prefix. */
    private Geometry positions() {
      int shift =
          text("position_convention").equals("shifted")
              ? Math.toIntExact(input("prefix").size(0))
              : 0;
      int[] positions = ints(input("position_ids"));
      return new Geometry(
          List.of(IntStream.of(positions).map(position -> position - shift).toArray()),
          Reach.everything());
    }

    private static int[] ints(Tensor values) {
      return LongStream.of(Tensors.longs(values)).mapToInt(Math::toIntExact).toArray();
    }
  }
}
