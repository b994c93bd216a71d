package org.ptuning4j.pack;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.ptuning4j.Fields;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.head.Head;
import org.ptuning4j.head.HeadSpec;
import org.ptuning4j.head.SoftPrefix;
import org.ptuning4j.prompt.form.PromptForm;
import org.ptuning4j.prompt.form.TrainedPrompt;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.file.SafetensorsFile;
import org.ptuning4j.tensor.file.UnexpectedTensors;

/** A prompt with its head: all that a pack has, or one of several of an {@link Ensemble}. */
public final class PackMember {

  private final Pack pack;
  private final String names; // what the names of its tensors begin with; empty of the only one
  private final Optional<Fields> prompt;
  private final Map<String, Object> head;

  PackMember(Pack pack, String names, Optional<Fields> prompt, Map<String, Object> head) {
    this.pack = pack;
    this.names = names;
    this.prompt = prompt;
    this.head = head;
  }

  /** Makes sure that the prompt is described as its tensors are. */
  void requireUsable(SafetensorsFile file) {
    Map<String, List<Long>> shapes = new LinkedHashMap<>();
    own(file).forEach((own, name) -> shapes.put(own, file.info(name).shape()));
    prompt.ifPresentOrElse(
        fields -> pack.kinds().forms().check(fields, shapes),
        () -> requireNoPrompt(shapes.keySet()));
  }

  private void requireNoPrompt(Set<String> tensors) {
    Set<String> left = new TreeSet<>(pack.kinds().forms().tensorNames());
    left.retainAll(tensors);
    if (!left.isEmpty()) {
      throw InvalidInputException.of(
          "prompt is missing, but there are %s", String.join(", ", left));
    }
  }

  /** The names of its tensors in the file, by their own names. */
  private Map<String, String> own(SafetensorsFile file) {
    Map<String, String> own = new LinkedHashMap<>();
    file.names().stream()
        .filter(name -> name.startsWith(names))
        .forEach(name -> own.put(name.substring(names.length()), name));
    return own;
  }

  /**
   * The prompt, ready for a backbone that has passed {@link Pack#requireBackbone}; the caller
   * closes it.
   */
  public Optional<TrainedPrompt> prompt(Backbone backbone) {
    return prompt(
        (form, description, tensors) ->
            form.read(description, tensors, backbone.spec(), backbone.engine()));
  }

  /** The same for serving only: it may keep its values in the backbone's precision alone. */
  public Optional<TrainedPrompt> promptToServe(Backbone backbone) {
    return prompt(
        (form, description, tensors) ->
            form.readToServe(description, tensors, backbone.spec(), backbone.engine()));
  }

  /** A way to read a prompt. */
  @FunctionalInterface
  private interface PromptReading {
    TrainedPrompt read(PromptForm<?> form, Fields description, Map<String, Tensor> tensors);
  }

  private Optional<TrainedPrompt> prompt(PromptReading reading) {
    return prompt
        .filter(fields -> fields.integer("length") > 0)
        .map(fields -> read(file -> prompt(fields, file, reading)));
  }

  private TrainedPrompt prompt(Fields fields, SafetensorsFile file, PromptReading reading) {
    PromptForm<?> form = pack.kinds().forms().of(fields);
    Map<String, String> own = own(file);
    Map<String, Tensor> tensors = new HashMap<>();
    form.tensorNames().stream()
        .filter(own::containsKey)
        .forEach(name -> tensors.put(name, finite(file, own.get(name))));
    return reading.read(form, fields, tensors);
  }

  /** A tensor; one infinite value in it would make every answer NaN. */
  private static Tensor finite(SafetensorsFile file, String name) {
    Tensor tensor = file.read(name);
    if (!torch.isfinite(tensor).all().item_bool()) {
      throw InvalidInputException.of(
          "%s: it holds values that are no finite numbers (NaN, or infinite)", name);
    }
    return tensor;
  }

  /** The names that the prompt's tensors may have; none where there is no prompt. */
  private Set<String> promptTensors() {
    return prompt.map(fields -> pack.kinds().forms().of(fields).tensorNames()).orElse(Set.of());
  }

  /** The soft tokens that go before each text; none where a template places them. */
  public SoftPrefix prefix() {
    return prompt.map(this::prefix).orElse(SoftPrefix.NONE);
  }

  private SoftPrefix prefix(Fields fields) {
    PromptForm<?> form = pack.kinds().forms().of(fields);
    return new SoftPrefix(form.softTokensBeforeText(fields), form.readsSoftToken(fields));
  }

  /**
   * The head, ready for a backbone that has passed {@link Pack#requireBackbone}; the caller closes
   * it.
   */
  public Head head(Backbone backbone) {
    HeadSpec spec = headSpec();
    spec.requireFit(backbone.spec(), pack.folder().toString());
    return read(
        file -> {
          Map<String, String> own = own(file);
          Map<String, Tensor> values = new HashMap<>();
          own.forEach(
              (name, inFile) -> {
                if (!promptTensors().contains(name)) {
                  values.put(name, finite(file, inFile));
                }
              });
          Head made = spec.restore(backbone, values);
          try {
            UnexpectedTensors.refuse(PackFiles.TENSORS, own.keySet(), expected(made));
            return made;
          } catch (InvalidInputException e) {
            made.close();
            throw e;
          }
        });
  }

  /** The tensors that prompt and head have together. */
  private Set<String> expected(Head made) {
    Set<String> expected = new HashSet<>(made.saved().keySet());
    expected.addAll(promptTensors());
    return expected;
  }

  HeadSpec headSpec() {
    return pack.kinds().heads().read(head);
  }

  /** Its tensors as they are in the file, by their own names; the caller's scope closes them. */
  Map<String, Tensor> tensors() {
    try (SafetensorsFile file = SafetensorsFile.open(pack.folder().resolve(PackFiles.TENSORS))) {
      Map<String, Tensor> tensors = new LinkedHashMap<>();
      own(file).forEach((name, inFile) -> tensors.put(name, file.read(inFile)));
      return tensors;
    }
  }

  /** Makes something of the pack's tensors; what does not fit is reported with the pack's name. */
  private <T> T read(Function<SafetensorsFile, T> reading) {
    try (SafetensorsFile file = SafetensorsFile.open(pack.folder().resolve(PackFiles.TENSORS))) {
      return Scope.run(() -> reading.apply(file));
    } catch (InvalidInputException e) {
      throw e.in("pack " + pack.folder());
    }
  }
}
