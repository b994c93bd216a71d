package org.ptuning4j.pack.peft;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.backbone.Direction;
import org.ptuning4j.pack.Pack;
import org.ptuning4j.pack.foreign.ForeignPrompt;
import org.ptuning4j.pack.foreign.HeadLayout;
import org.ptuning4j.pack.foreign.OutputKind;
import org.ptuning4j.pack.foreign.PackImport;
import org.ptuning4j.prompt.form.DeepPrompt;
import org.ptuning4j.prompt.form.InputPrompt;
import org.ptuning4j.prompt.form.PositionConvention;
import org.ptuning4j.prompt.form.TrainedPrompt;
import org.ptuning4j.task.TaskName;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.checkpoint.Checkpoints;
import org.ptuning4j.tensor.file.FileHash;
import org.ptuning4j.tensor.file.TensorSource;

/**
 * An adapter folder of PEFT's that holds a prompt: {@code adapter_config.json} beside {@code
 * adapter_model.safetensors}, or {@code adapter_model.bin} of older versions.
 */
public final class PeftAdapter implements AutoCloseable {

  static final String PROMPT = "prompt_embeddings";
  static final String TENSORS = "adapter_model.safetensors";

  private static final List<String> FILES = List.of(TENSORS, "adapter_model.bin");
  private static final String COLUMNS = "prefix_task_cols";
  private static final String ROWS = "prefix_task_rows";
  private static final Set<String> OF_PROMPT = Set.of(PROMPT, COLUMNS, ROWS);

  private final Path folder;
  private final Path file;
  private final PeftConfig config;
  private final TensorSource source;

  private PeftAdapter(Path folder, Path file, PeftConfig config, TensorSource source) {
    this.folder = folder;
    this.file = file;
    this.config = config;
    this.source = source;
  }

  /** Whether a folder looks like one. */
  public static boolean isOne(Path folder) {
    return Files.isRegularFile(folder.resolve(PeftConfig.FILE));
  }

  /**
   * Opens a folder.
   *
   * @throws InvalidInputException if it is none of PEFT's, its adapter is no prompt, or a file is
   *     damaged
   */
  public static PeftAdapter open(Path folder) {
    PeftConfig config = PeftConfig.read(folder);
    Path file =
        FILES.stream()
            .map(folder::resolve)
            .filter(Files::isRegularFile)
            .findFirst()
            .orElseThrow(
                () ->
                    InvalidInputException.of(
                        "%s: neither %s is there", folder, String.join(" nor ", FILES)));
    return new PeftAdapter(folder, file, config, Checkpoints.open(file));
  }

  /**
   * Makes a pack of it.
   *
   * @throws InvalidInputException if it does not fit the model, or something is missing that
   *     neither its files nor the settings say
   */
  public Pack write(PackImport given, Path target) {
    PackImport importing =
        new PackImport(
            given.backbone(),
            given.folder(),
            given.tokenizer(),
            TaskNotes.with(given.settings(), folder));
    Map<String, String> names = names();
    BackboneSpec spec = importing.backbone().spec();
    try (TrainedPrompt prompt = Scope.run(() -> prompt(importing, names))) {
      OutputKind outputs = outputs(importing.settings().task());
      Map<String, String> head = new LinkedHashMap<>(names);
      head.keySet().removeAll(OF_PROMPT);
      return importing.write(
          new ForeignPrompt(
              TaskName.near(String.valueOf(folder.toAbsolutePath().normalize().getFileName())),
              config.type().method(),
              prompt,
              description(prompt, outputs, spec),
              outputs,
              HeadLayout.transformers(),
              source,
              head,
              outputs != OutputKind.SPAN, // PEFT asks questions without token types
              importing.folder().config(),
              origin()),
          target);
    }
  }

  private Map<String, Object> origin() {
    Map<String, Object> origin = new LinkedHashMap<>();
    origin.put("format", "PEFT");
    origin.put(
        "files",
        Map.of(
            PeftConfig.FILE,
            FileHash.sha256(folder.resolve(PeftConfig.FILE)),
            String.valueOf(file.getFileName()),
            FileHash.sha256(file)));
    origin.put("config", config.values());
    return origin;
  }

  private OutputKind outputs(Map<String, Object> task) {
    Object kind = task.get("kind");
    return config
        .outputs()
        .or(() -> OutputKind.ofTask(String.valueOf(kind)))
        .orElseThrow(
            () ->
                InvalidInputException.of(
                    "%s: task_type is missing, so it is not known what the adapter answers; give"
                        + " the setting kind, such as sequence-classification or entities",
                    folder.resolve(PeftConfig.FILE)));
  }

  /**
   * The tensors as transformers' models call them, each with its name in the file. Versions differ
   * in what they leave of the wrappers around a head.
   */
  private Map<String, String> names() {
    Map<String, String> names = new LinkedHashMap<>();
    for (String saved : source.names()) {
      if (saved.contains(".original_module.")) {
        continue; // the head before training, which nothing reads
      }
      String plain =
          saved
              .replaceFirst("^base_model\\.(model\\.)?", "")
              .replaceFirst("\\.modules_to_save(\\.default)?\\.", ".");
      String earlier = names.put(plain, saved);
      if (earlier != null) {
        throw InvalidInputException.of(
            "%s: the tensors %s and %s are both %s", file, earlier, saved, plain);
      }
    }
    return names;
  }

  private TrainedPrompt prompt(PackImport importing, Map<String, String> names) {
    BackboneSpec spec = importing.backbone().spec();
    Tensor saved = read(PROMPT, names);
    if (saved.dim() != 2) {
      throw InvalidInputException.of(
          "%s: %s is %s; a matrix is expected",
          file, PROMPT, Arrays.toString(Tensors.shape(saved)));
    }
    Tensor whole =
        config.type() == PeftType.MULTITASK_PROMPT_TUNING
            ? saved.mul(ofTask(names, importing.settings().sourceTask()))
            : saved;
    Tensor rows = rows(whole, config.type().isDeep(), spec);
    requireModel(rows.size(1), importing, spec);
    return config.type().isDeep()
        ? DeepPrompt.of(
            EncoderDecoderPrefix.isOf(spec) ? EncoderDecoderPrefix.ofPeft(rows, spec) : rows,
            layers(spec),
            PositionConvention.SHIFTED,
            spec,
            importing.backbone().engine())
        : InputPrompt.of(rows, Optional.empty(), spec, importing.backbone().engine());
  }

  /** A prompt of another width is one for another model. */
  private void requireModel(long width, PackImport importing, BackboneSpec spec) {
    long expected =
        config.type().isDeep()
            ? (long) spec.prefixWidth() * layers(spec).size()
            : spec.embeddingWidth();
    if (width != expected) {
      throw InvalidInputException.of(
          "model: the adapter %s is not for %s: its prompt has rows of %d numbers, and the model"
              + " takes %d (%d layers of %d); its base model is %s",
          folder,
          importing.folder().name(),
          width,
          expected,
          spec.layers(),
          spec.hidden(),
          config.values().get("base_model_name_or_path"));
    }
  }

  /** The prompt's own rows: those of encoder–decoders are saved for each half, and used of one. */
  private Tensor rows(Tensor saved, boolean deep, BackboneSpec spec) {
    long submodules = !deep && spec.direction() == Direction.ENCODER_DECODER ? 2 : 1;
    long length = saved.size(0) / submodules;
    if (saved.size(0) % submodules != 0 || config.length().map(p -> p != length).orElse(false)) {
      throw InvalidInputException.of(
          "%s: %s is %s, and num_virtual_tokens is %s",
          file,
          PROMPT,
          Arrays.toString(Tensors.shape(saved)),
          config.length().map(String::valueOf).orElse("not given"));
    }
    return saved.narrow(0, 0, length);
  }

  static List<Integer> layers(BackboneSpec spec) {
    return EncoderDecoderPrefix.isOf(spec)
        ? EncoderDecoderPrefix.layers(spec)
        : IntStream.range(0, spec.layers()).boxed().toList();
  }

  /** What multitask prompt tuning multiplies the shared prompt with: columns times rows. */
  private Tensor ofTask(Map<String, String> names, OptionalInt asked) {
    Tensor columns = read(COLUMNS, names); // [T, P, r]
    Tensor rows = read(ROWS, names); // [T, r, E]
    long tasks = columns.dim() == 3 ? columns.size(0) : 0;
    if (tasks == 0 || rows.dim() != 3 || rows.size(0) != tasks || columns.size(2) != rows.size(1)) {
      throw InvalidInputException.of(
          "%s: %s is %s and %s is %s; [tasks, P, ranks] and [tasks, ranks, width] are expected",
          file,
          COLUMNS,
          Arrays.toString(Tensors.shape(columns)),
          ROWS,
          Arrays.toString(Tensors.shape(rows)));
    }
    int task = asked.orElse(tasks == 1 ? 0 : -1);
    if (task < 0 || task >= tasks) {
      throw InvalidInputException.of(
          "source-task: %s; the prompt was trained on %d tasks, and a pack is one of them: give a"
              + " number from 0 to %d",
          asked.isPresent() ? String.valueOf(task) : "missing", tasks, tasks - 1);
    }
    return columns.select(0, task).matmul(rows.select(0, task));
  }

  private Tensor read(String name, Map<String, String> names) {
    if (!names.containsKey(name)) {
      throw InvalidInputException.of(
          "%s: there is no tensor %s, which an adapter of type %s has; it holds %s",
          file, name, config.type(), String.join(", ", names.keySet()));
    }
    return source.read(names.get(name));
  }

  /** PEFT's classifiers of encoders read the first column, which is a soft token then. */
  private static Map<String, Object> description(
      TrainedPrompt prompt, OutputKind outputs, BackboneSpec spec) {
    boolean first = outputs == OutputKind.SEQUENCE && spec.direction() == Direction.BIDIRECTIONAL;
    return InputPrompt.FORM
        .cast(prompt)
        .filter(input -> first)
        .map(InputPrompt::descriptionReadAtPrompt)
        .orElseGet(() -> prompt.description(true));
  }

  @Override
  public void close() {
    source.close();
  }
}
