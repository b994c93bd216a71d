package org.ptuning4j.pack;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.commons.codec.digest.DigestUtils;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.FailureReason;
import org.ptuning4j.Fields;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.data.Example;
import org.ptuning4j.head.Head;
import org.ptuning4j.head.HeadSpec;
import org.ptuning4j.head.Heads;
import org.ptuning4j.prompt.form.DeepPrompt;
import org.ptuning4j.prompt.form.InputPrompt;
import org.ptuning4j.prompt.form.PositionConvention;
import org.ptuning4j.prompt.form.TrainedPrompt;
import org.ptuning4j.task.Preparation;
import org.ptuning4j.task.PreparedTask;
import org.ptuning4j.task.Task;
import org.ptuning4j.task.standard.TaskKinds;
import org.ptuning4j.tensor.Parameter;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.checkpoint.ForeignFormat;
import org.ptuning4j.tensor.file.AtomicFile;
import org.ptuning4j.tensor.file.SafetensorsFile;
import org.ptuning4j.tensor.file.SafetensorsWriter;
import org.ptuning4j.tensor.file.TensorInfo;
import org.ptuning4j.tensor.file.UnexpectedTensors;
import org.ptuning4j.text.TextTokenizer;

/**
 * A prompt pack: one trained task in one folder, {@code prompt.json} beside {@code
 * prompt.safetensors}; after full fine-tuning also {@code model.safetensors} with the backbone's
 * new weights. A few hundred kilobytes for a prompt.
 */
public final class Pack {

  private static final String FACTS = "prompt.json";
  private static final String TENSORS = "prompt.safetensors";
  private static final String WEIGHTS = "model.safetensors";
  private static final String PROMPT = DeepPrompt.MATRIX;

  private static final ObjectMapper JSON =
      new ObjectMapper()
          .configure(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, false)
          .configure(DeserializationFeature.ACCEPT_FLOAT_AS_INT, false)
          .configure(DeserializationFeature.FAIL_ON_TRAILING_TOKENS, true);

  private final Path folder;
  private final PackFacts facts;
  private final Kinds kinds;

  private Pack(Path folder, PackFacts facts, Kinds kinds) {
    this.folder = folder;
    this.facts = facts;
    this.kinds = kinds;
  }

  /**
   * The kinds of tasks and heads that packs may be of.
   *
   * @param tasks of tasks
   * @param heads of heads
   */
  public record Kinds(TaskKinds tasks, Heads heads) {

    /** Those that come with the library and those of extensions on the class path. */
    public static Kinds installed() {
      return new Kinds(TaskKinds.installed(), Heads.installed());
    }
  }

  /**
   * Saves a pack. It is written under a temporary name beside the target and renamed when complete,
   * so that a crash never leaves half a pack; an earlier pack of that name is replaced.
   *
   * @param facts what the pack says of itself; its {@code tensors} are filled in
   * @param prompt the prompt, if the method has one
   * @param head the head
   * @param trained the backbone, if its own weights were trained
   * @throws InvalidInputException if the folder is there and is no pack
   * @throws UncheckedIOException if writing fails; an earlier pack is unchanged
   */
  public static Pack save(
      Path folder,
      PackFacts facts,
      Optional<? extends TrainedPrompt> prompt,
      Head head,
      Optional<Backbone> trained) {
    Path target = folder.toAbsolutePath().normalize();
    requireReplaceable(target);
    Path temporary =
        target.resolveSibling("." + target.getFileName() + "." + UUID.randomUUID() + ".tmp");
    try {
      Files.createDirectories(temporary);
      Map<String, Tensor> tensors = new LinkedHashMap<>();
      prompt.ifPresent(p -> tensors.putAll(p.tensors()));
      head.saved()
          .forEach(
              (name, tensor) -> {
                if (trained.isEmpty() || !name.startsWith(Parameter.OF_BACKBONE)) {
                  tensors.put(name, tensor); // the backbone's own go into a file of theirs
                }
              });
      Map<String, String> hashes = new LinkedHashMap<>();
      SafetensorsWriter.write(temporary.resolve(TENSORS), tensors, Map.of("format", "pt"));
      hashes.put(TENSORS, sha256(temporary.resolve(TENSORS)));
      if (trained.isPresent()) {
        Path weights = temporary.resolve(WEIGHTS);
        Scope.run(
            () ->
                SafetensorsWriter.write(
                    weights, trained.get().namedWeights(), Map.of("format", "pt")));
        hashes.put(WEIGHTS, sha256(weights));
      }
      PackFacts complete =
          new PackFacts(
              facts.format(),
              facts.method(),
              facts.settings(),
              facts.prompt(),
              facts.head(),
              facts.task(),
              facts.backbone(),
              facts.provenance(),
              hashes);
      byte[] json = JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(complete);
      AtomicFile.write(temporary.resolve(FACTS), out -> out.write(json));
      replace(temporary, target);
      return new Pack(folder, complete, Kinds.installed());
    } catch (IOException e) {
      throw new UncheckedIOException(
          "the pack " + folder + " cannot be written: " + e.getMessage(), e);
    } finally {
      delete(temporary);
    }
  }

  /** A pack or an empty folder may be replaced; anything else is someone's, and stays. */
  private static void requireReplaceable(Path target) {
    if (!Files.exists(target) || Files.isRegularFile(target.resolve(FACTS))) {
      return;
    }
    if (!Files.isDirectory(target)) {
      throw InvalidInputException.of("pack: %s is a file; a pack is a folder", target);
    }
    try (Stream<Path> files = Files.list(target)) {
      if (files.findAny().isPresent()) {
        throw InvalidInputException.of(
            "pack: %s holds other files and no pack; choose a new folder", target);
      }
    } catch (IOException e) {
      throw new InvalidInputException(target + ": cannot be read (" + e.getMessage() + ")", e);
    }
  }

  private static void replace(Path temporary, Path target) throws IOException {
    if (Files.exists(target)) {
      Path old =
          target.resolveSibling("." + target.getFileName() + "." + UUID.randomUUID() + ".old");
      Files.move(target, old, StandardCopyOption.ATOMIC_MOVE);
      try {
        Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
      } catch (IOException e) {
        Files.move(old, target, StandardCopyOption.ATOMIC_MOVE);
        throw e;
      }
      delete(old);
    } else {
      Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
    }
    AtomicFile.forceFolder(target.getParent());
  }

  private static void delete(Path folder) {
    if (!Files.isDirectory(folder)) {
      return;
    }
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.deleteIfExists(file);
      }
      Files.deleteIfExists(folder);
    } catch (IOException e) {
      // What is left has a name that says so; the pack itself is whole.
      org.slf4j.LoggerFactory.getLogger(Pack.class)
          .debug("{} stays behind: {}", folder, e.getMessage());
    }
  }

  /**
   * Opens a pack and checks that its files are whole.
   *
   * @throws InvalidInputException if it is no pack, of a later format, a file is missing or
   *     changed, or its description is not usable; the message names the file and the field
   */
  public static Pack open(Path folder) {
    return open(folder, Kinds.installed());
  }

  /**
   * Opens a pack for its prompt only: its task and head may be of kinds that nobody here knows, and
   * are not looked at.
   */
  public static Pack openForPrompt(Path folder) {
    return open(folder, Kinds.installed(), false);
  }

  /** The same with kinds of the caller's. */
  public static Pack open(Path folder, Kinds kinds) {
    return open(folder, kinds, true);
  }

  private static Pack open(Path folder, Kinds kinds, boolean whole) {
    Path file = folder.resolve(FACTS);
    if (!Files.isRegularFile(file)) {
      throw notAPack(folder);
    }
    PackFacts facts = read(file);
    if (!PackFacts.FORMAT.equals(facts.format())) {
      throw InvalidInputException.of(
          "%s: format is '%s'; this version reads '%s'", file, facts.format(), PackFacts.FORMAT);
    }
    FactsCheck.requireComplete(file, facts);
    for (Map.Entry<String, String> entry : facts.tensors().entrySet()) {
      requireIntact(folder, entry.getKey(), entry.getValue());
    }
    Pack pack = new Pack(folder, facts, kinds);
    pack.requireUsable(file, whole);
    return pack;
  }

  private static InvalidInputException notAPack(Path folder) {
    if (!Files.isDirectory(folder)) {
      return InvalidInputException.of(
          "pack: %s is no folder; a pack is one with %s", folder, FACTS);
    }
    boolean model = Files.isRegularFile(folder.resolve("config.json"));
    return InvalidInputException.of(
        "pack: %s %s",
        folder,
        ForeignFormat.of(folder)
            .filter(found -> !model || Files.exists(folder.resolve("adapter_config.json")))
            .orElse(model ? "is a model, not a pack: it holds no " + FACTS : "holds no " + FACTS));
  }

  /** Makes everything that needs no backbone, so that a wrong value is found here. */
  private void requireUsable(Path file, boolean whole) {
    try (SafetensorsFile tensors = SafetensorsFile.open(folder.resolve(TENSORS))) {
      if (whole) {
        requireSameLabels(task(), headSpec());
        maxLength();
      }
      Optional<TensorInfo> found =
          tensors.names().contains(PROMPT) ? Optional.of(tensors.info(PROMPT)) : Optional.empty();
      FactsCheck.requirePrompt(facts.prompt(), found);
    } catch (InvalidInputException e) {
      throw new InvalidInputException(file + ": " + e.getMessage(), e);
    }
  }

  private static void requireSameLabels(Task<?> task, HeadSpec head) {
    Optional<Integer> labels = task.labelled().map(labelled -> labelled.labels().size());
    Object outputs = head.settings().get("labels");
    if (labels.isPresent() && outputs != null && !outputs.equals(labels.get())) {
      throw InvalidInputException.of(
          "task.labels: there are %d labels, and the head has %s outputs", labels.get(), outputs);
    }
  }

  private static PackFacts read(Path file) {
    try {
      PackFacts facts = JSON.readValue(Files.readAllBytes(file), PackFacts.class);
      if (facts == null) {
        throw InvalidInputException.of("%s: a JSON object is expected", file);
      }
      return facts;
    } catch (JsonMappingException e) {
      String field =
          e.getPath().stream()
              .map(at -> at.getFieldName() == null ? "[]" : at.getFieldName())
              .collect(Collectors.joining("."));
      throw new InvalidInputException(
          file + ": not a pack's description: " + field + " (" + e.getOriginalMessage() + ")", e);
    } catch (JsonProcessingException e) {
      throw new InvalidInputException(
          file + ": not a pack's description (" + e.getOriginalMessage() + ")", e);
    } catch (IOException e) {
      throw new InvalidInputException(file + ": cannot be read (" + e.getMessage() + ")", e);
    }
  }

  private static void requireIntact(Path folder, String name, String expected) {
    if (!List.of(TENSORS, WEIGHTS).contains(name)) {
      throw InvalidInputException.of(
          "%s: tensors names the unknown file '%s'", folder.resolve(FACTS), name);
    }
    Path file = folder.resolve(name);
    if (!Files.isRegularFile(file)) {
      throw InvalidInputException.of("pack: %s lacks %s", folder, name);
    }
    if (!sha256(file).equals(expected)) {
      throw InvalidInputException.of(
          "%s is damaged: its SHA-256 is not the one that %s records", file, FACTS);
    }
  }

  /** Its folder. */
  public Path folder() {
    return folder;
  }

  /** What it says of itself. */
  public PackFacts facts() {
    return facts;
  }

  /** What the task is, with nothing left open. */
  public Task<?> task() {
    return kinds.tasks().read(facts.task());
  }

  /**
   * The task, ready to be asked of a model with this tokenizer.
   *
   * @throws InvalidInputException if the description leaves something open, or its words are other
   *     tokens here
   */
  public PreparedTask<?> task(TextTokenizer tokenizer) {
    return prepared(task(), tokenizer);
  }

  private static <E extends Example> PreparedTask<E> prepared(
      Task<E> task, TextTokenizer tokenizer) {
    return task.prepare(Preparation.complete(tokenizer));
  }

  /** The weights that full fine-tuning made, if it did. */
  public Optional<Path> weights() {
    return facts.tensors().containsKey(WEIGHTS)
        ? Optional.of(folder.resolve(WEIGHTS))
        : Optional.empty();
  }

  /**
   * Makes sure that a backbone is the one that the pack was trained on.
   *
   * @throws InvalidInputException if it is not; the message names both
   */
  public void requireBackbone(Backbone backbone, String name) {
    PackFacts.BackboneId own = facts.backbone();
    String found = backbone.weightsHash();
    if (weights().isEmpty() && !found.equals(own.weightsSha256())) {
      throw InvalidInputException.of(
          "pack %s was trained on the backbone '%s' (%s, %d layers of %d, weights %.12s…), but '%s'"
              + " is another one (%s, %d layers of %d, weights %.12s…): a prompt means nothing to"
              + " other weights",
          folder,
          own.id(),
          own.modelType(),
          own.layers(),
          own.hidden(),
          own.weightsSha256(),
          name,
          backbone.spec().modelType(),
          backbone.spec().layers(),
          backbone.spec().hidden(),
          found);
    }
    String head = own.languageModelSha256();
    if (weights().isEmpty()
        && head != null
        && !(backbone.spec().hasLanguageModel()
            && head.equals(backbone.languageModel().weightsHash()))) {
      throw InvalidInputException.of(
          "pack %s answers with the words of a language-model head (weights %.12s…), and '%s' has"
              + " another one or none",
          folder, head, name);
    }
  }

  /**
   * The prompt, ready for a backbone that has passed {@link #requireBackbone}; the caller closes
   * it.
   */
  public Optional<TrainedPrompt> prompt(Backbone backbone) {
    PackFacts.Prompt form = facts.prompt();
    if (form == null || form.length() == 0) {
      return Optional.empty();
    }
    return Optional.of(read(file -> prompt(form, file, backbone)));
  }

  private static TrainedPrompt prompt(
      PackFacts.Prompt form, SafetensorsFile file, Backbone backbone) {
    if (!form.isDeep()) {
      Optional<Tensor> offsets =
          file.names().contains(InputPrompt.OFFSETS)
              ? Optional.of(file.read(InputPrompt.OFFSETS))
              : Optional.empty();
      return InputPrompt.of(file.read(PROMPT), offsets, backbone.spec(), backbone.engine());
    }
    return DeepPrompt.of(
        file.read(PROMPT),
        form.layers().stream().map(layer -> layer - 1).toList(),
        PositionConvention.parse(form.positions()),
        backbone.spec(),
        backbone.engine());
  }

  /** The longest input in tokens: the run's own, or the task's where the run says nothing. */
  public int maxLength() {
    return new Fields("settings", facts.settings() == null ? Map.of() : facts.settings())
        .integer("max_length", task().truncation().maxLength());
  }

  /** The soft tokens that go before each text; 0 where there are none or a template places them. */
  public int prefix() {
    PackFacts.Prompt form = facts.prompt();
    boolean before =
        form != null && !form.isDeep() && form.placement().equals(PackFacts.Prompt.BEFORE_TEXT);
    return before ? form.length() : 0;
  }

  /** Makes something of the pack's tensors; what does not fit is reported with the pack's name. */
  private <T> T read(Function<SafetensorsFile, T> reading) {
    try (SafetensorsFile file = SafetensorsFile.open(folder.resolve(TENSORS))) {
      return Scope.run(() -> reading.apply(file));
    } catch (InvalidInputException e) {
      throw new InvalidInputException("pack " + folder + ": " + e.getMessage(), e);
    }
  }

  /**
   * The head, ready for a backbone that has passed {@link #requireBackbone}; the caller closes it.
   */
  public Head head(Backbone backbone) {
    HeadSpec spec = headSpec();
    spec.requireFit(backbone.spec(), folder.toString());
    return read(
        file -> {
          Map<String, Tensor> values = new HashMap<>();
          for (String name : file.names()) {
            if (!name.equals(PROMPT) && !name.equals(InputPrompt.OFFSETS)) {
              values.put(name, file.read(name));
            }
          }
          Head head = spec.restore(backbone, values);
          try {
            UnexpectedTensors.refuse(TENSORS, file.names(), expected(head));
            return head;
          } catch (InvalidInputException e) {
            head.close();
            throw e;
          }
        });
  }

  /** The tensors that prompt and head have together. */
  private Set<String> expected(Head head) {
    Set<String> expected = new HashSet<>(head.saved().keySet());
    if (facts.prompt() != null) {
      expected.add(PROMPT);
      if (!facts.prompt().isDeep()) {
        expected.add(InputPrompt.OFFSETS);
      }
    }
    return expected;
  }

  private HeadSpec headSpec() {
    return kinds.heads().read(facts.head());
  }

  private static String sha256(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return DigestUtils.sha256Hex(in);
    } catch (IOException e) {
      throw new InvalidInputException(file + ": cannot be read (" + FailureReason.of(e) + ")", e);
    }
  }
}
