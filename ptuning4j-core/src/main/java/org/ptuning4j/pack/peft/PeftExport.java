package org.ptuning4j.pack.peft;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.ptuning4j.Fields;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.SettingName;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.backbone.Direction;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.head.Head;
import org.ptuning4j.head.linear.TokenHeadSpec;
import org.ptuning4j.pack.Pack;
import org.ptuning4j.pack.foreign.OutputKind;
import org.ptuning4j.prompt.form.DeepPrompt;
import org.ptuning4j.prompt.form.InputPrompt;
import org.ptuning4j.prompt.form.PositionConvention;
import org.ptuning4j.prompt.form.PrefixSoftmax;
import org.ptuning4j.prompt.form.TrainedPrompt;
import org.ptuning4j.prompt.method.PTuning;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.file.AtomicFile;
import org.ptuning4j.tensor.file.AtomicFolder;
import org.ptuning4j.tensor.file.SafetensorsWriter;

/**
 * Writes packs as adapter folders of PEFT's. A pack of which PEFT would compute something else is
 * refused, with what differs.
 */
public final class PeftExport {

  private static final String REFUSED = "PEFT cannot hold this pack: ";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Pack pack;
  private final Backbone backbone;
  private final ModelFolder folder;
  private final BackboneSpec spec;

  /**
   * An export.
   *
   * @param backbone the model that the pack belongs to
   * @param folder its folder
   * @throws InvalidInputException if the pack belongs to another
   */
  public PeftExport(Pack pack, Backbone backbone, ModelFolder folder) {
    pack.requireBackbone(backbone, folder.name());
    this.pack = pack;
    this.backbone = backbone;
    this.folder = folder;
    this.spec = backbone.spec();
  }

  /**
   * Writes the folder; it is there as a whole or not at all.
   *
   * @param target a new folder
   * @throws InvalidInputException if PEFT cannot hold the pack, or would compute something else
   */
  public void write(Path target) {
    if (pack.weights().isPresent()) {
      throw refused("its backbone was trained, and an adapter holds a prompt alone");
    }
    try (TrainedPrompt prompt =
            pack.prompt(backbone)
                .orElseThrow(() -> refused("it has no prompt, and an adapter is one"));
        Head head = pack.head(backbone)) {
      Scope.run(() -> write(prompt, head, target));
    } catch (InvalidInputException e) {
      throw e.in("export of " + pack.folder());
    }
  }

  private void write(TrainedPrompt prompt, Head head, Path target) {
    Fields fields = new Fields("head", pack.facts().head());
    String kind = fields.text("kind");
    List<String> others = otherSettings();
    if (prompt instanceof DeepPrompt deep) {
      otherPositions(deep).ifPresent(others::add);
      if (deep.softmax() == PrefixSoftmax.SEPARATE) {
        others.add(
            "its prompt has a softmax of its own (separate), and PEFT's share the text's; train it"
                + " with prefix-softmax joint");
      }
    }
    Optional<OutputKind> known = OutputKind.ofHead(kind);
    if (known.isEmpty()) {
      throw refused(
          others.isEmpty()
              ? "PEFT has no task type for a head of kind '"
                  + kind
                  + "', which answers with words in the place of a mask"
              : String.join("; ", others));
    }
    OutputKind outputs = known.get();
    requireOneSegment(outputs);
    PeftHead peftHead = head(outputs, fields, head, others);
    if (!others.isEmpty()) {
      throw refused(String.join("; ", others));
    }
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    peftHead.tensors().forEach((name, tensor) -> tensors.put("base_model." + name, tensor));
    tensors.put(PeftAdapter.PROMPT, matrix(prompt, outputs));
    Map<String, Object> config = config(prompt, outputs, peftHead.modules());
    AtomicFolder.write(
        target,
        "out",
        inside -> {
          SafetensorsWriter.write(
              inside.resolve(PeftAdapter.TENSORS), tensors, Map.of("format", "pt"));
          byte[] json = JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(config);
          AtomicFile.write(inside.resolve(PeftConfig.FILE), out -> out.write(json));
          TaskNotes.write(pack, inside);
        });
  }

  /** What PEFT's classifiers compute; what they do not is told with all else that is in the way. */
  private PeftHead head(OutputKind outputs, Fields fields, Head head, List<String> others) {
    try {
      return PeftHead.of(outputs, fields, head.saved(), spec);
    } catch (InvalidInputException e) {
      if (others.isEmpty()) {
        throw e;
      }
      throw refused(e.getMessage().replace(REFUSED, "") + "; " + String.join("; ", others));
    }
  }

  /** What the pack was trained with that PEFT does not have, and what to train it with instead. */
  private List<String> otherSettings() {
    List<String> others = new ArrayList<>();
    Integer readLayer = pack.facts().backbone().readLayer();
    if (readLayer != null) {
      others.add(
          "its head reads layer "
              + readLayer
              + ", and PEFT's models read the last; train it with "
              + new SettingName("read-layer")
              + " at the last layer");
    }
    if (!pack.isEnsemble() && TokenHeadSpec.CRF_KIND.equals(pack.facts().head().get("kind"))) {
      others.add(
          "its head has scores for a tag behind another, which transformers' models have not; train"
              + " it with "
              + new SettingName("tag-head")
              + " softmax");
    }
    return others;
  }

  private Optional<String> otherPositions(DeepPrompt prompt) {
    return EncoderDecoderPrefix.isOf(spec) || prompt.positions() == PositionConvention.SHIFTED
        ? Optional.empty()
        : Optional.of(
            "its texts keep their positions (unshifted), and PEFT's move up by the prompt; train it"
                + " with positions shifted");
  }

  /** PEFT drops the token types of questions, so that the model reads something else there. */
  private void requireOneSegment(OutputKind outputs) {
    boolean told = !Boolean.FALSE.equals(pack.facts().task().get("segments"));
    if (outputs == OutputKind.SPAN && told && spec.typeVocabulary() > 1) {
      throw refused(
          "its question and context have token types of their own, which PEFT drops; train with"
              + " segments: false in the task's file");
    }
  }

  private Tensor matrix(TrainedPrompt prompt, OutputKind outputs) {
    Optional<Tensor> deep = DeepPrompt.FORM.cast(prompt).map(this::matrix);
    return deep.or(() -> InputPrompt.FORM.cast(prompt).map(soft -> matrix(soft, outputs)))
        .orElseThrow(() -> refused("its prompt has " + prompt.form().content()));
  }

  private Tensor matrix(DeepPrompt prompt) {
    if (prompt.biases().isPresent()) {
      throw refused("its prompt was trained with a gate, which PEFT does not have");
    }
    if (!prompt.layers().equals(PeftAdapter.layers(spec))) {
      throw refused(
          "its prompt is in the layers "
              + prompt.layers().stream().map(layer -> layer + 1).toList()
              + "; PEFT's is in all layers"
              + (EncoderDecoderPrefix.isOf(spec) ? " of the decoder, before the target" : ""));
    }
    if (EncoderDecoderPrefix.isOf(spec)) {
      return EncoderDecoderPrefix.toPeft(prompt, spec);
    }
    return prompt.matrix();
  }

  private Tensor matrix(InputPrompt prompt, OutputKind outputs) {
    if (prompt.offsets().isPresent()) {
      throw refused("its prompt has offsets in layers, which PEFT does not have");
    }
    if (pack.prefix().length() == 0) {
      throw refused("a template places its soft tokens; PEFT's are before the text");
    }
    if (outputs == OutputKind.SEQUENCE
        && spec.direction() == Direction.BIDIRECTIONAL
        && !pack.prefix().read()) {
      throw refused(
          "its head reads the text's own first token; PEFT's classifiers read the first column,"
              + " which is a soft token there");
    }
    boolean halves = spec.direction() == Direction.ENCODER_DECODER;
    Tensor vectors = prompt.vectors();
    return halves ? Tensors.cat(0, vectors, torch.zeros_like(vectors)) : vectors;
  }

  private Map<String, Object> config(
      TrainedPrompt prompt, OutputKind outputs, List<String> modules) {
    boolean deep = DeepPrompt.FORM.cast(prompt).isPresent();
    boolean halves = EncoderDecoderPrefix.isOf(spec);
    PeftType type =
        deep
            ? PeftType.PREFIX_TUNING
            : pack.facts().method().equals(PTuning.NAME)
                ? PeftType.P_TUNING
                : PeftType.PROMPT_TUNING;
    Map<String, Object> config = new TreeMap<>(usual(type));
    config.putAll(original(type));
    config.put("base_model_name_or_path", baseModel());
    config.put("inference_mode", true);
    config.put("modules_to_save", modules.isEmpty() ? null : modules);
    config.put("num_attention_heads", deep ? spec.keyValueHeads() : spec.heads());
    config.put("num_layers", halves ? PeftAdapter.layers(spec).size() : spec.layers());
    config.put("num_transformer_submodules", halves ? 2 : 1);
    config.put("num_virtual_tokens", prompt.length());
    config.put("peft_type", type.name());
    config.put("task_type", PeftConfig.taskType(outputs, halves));
    config.put("token_dim", deep ? spec.prefixWidth() / 2 : spec.embeddingWidth());
    config.values().removeIf(Objects::isNull); // older readers know fewer fields
    return config;
  }

  /** What PEFT's configurations of a type have besides, of no meaning to a flat prompt. */
  private Map<String, Object> usual(PeftType type) {
    return switch (type) {
      case PREFIX_TUNING ->
          Map.of("encoder_hidden_size", spec.hidden(), "prefix_projection", false);
      case P_TUNING ->
          Map.of(
              "encoder_hidden_size",
              spec.hidden(),
              "encoder_num_layers",
              2,
              "encoder_dropout",
              0.0,
              "encoder_reparameterization_type",
              "MLP");
      case PROMPT_TUNING, MULTITASK_PROMPT_TUNING -> Map.of("prompt_tuning_init", "RANDOM");
    };
  }

  /** The configuration of the adapter that the pack was made of, if that had the same type. */
  private Map<String, Object> original(PeftType type) {
    Map<String, Object> original = new TreeMap<>();
    origin()
        .filter(config -> type.name().equals(config.get("peft_type")))
        .ifPresent(
            config -> config.forEach((name, value) -> original.put(String.valueOf(name), value)));
    return original;
  }

  private Optional<Map<?, ?>> origin() {
    Map<String, Object> data = pack.facts().provenance().data();
    return data != null
            && data.get("origin") instanceof Map<?, ?> origin
            && origin.get("config") instanceof Map<?, ?> config
        ? Optional.of(config)
        : Optional.empty();
  }

  private String baseModel() {
    return origin()
        .flatMap(config -> Optional.ofNullable(config.get("base_model_name_or_path")))
        .map(String::valueOf)
        .orElseGet(() -> folder.name().replaceFirst("@.*$", ""));
  }

  private static InvalidInputException refused(String why) {
    return InvalidInputException.of("%s%s", REFUSED, why);
  }
}
