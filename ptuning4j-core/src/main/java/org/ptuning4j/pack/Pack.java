package org.ptuning4j.pack;

import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.ptuning4j.Fields;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.data.Example;
import org.ptuning4j.head.Head;
import org.ptuning4j.head.HeadSpec;
import org.ptuning4j.head.SoftPrefix;
import org.ptuning4j.head.standard.Heads;
import org.ptuning4j.prompt.form.PromptForms;
import org.ptuning4j.prompt.form.TrainedPrompt;
import org.ptuning4j.task.Preparation;
import org.ptuning4j.task.PreparedTask;
import org.ptuning4j.task.Task;
import org.ptuning4j.task.standard.TaskKinds;
import org.ptuning4j.tensor.file.SafetensorsFile;
import org.ptuning4j.tensor.file.UnexpectedTensors;
import org.ptuning4j.text.TextTokenizer;

/**
 * A prompt pack: one trained task in one folder, {@code prompt.json} beside {@code
 * prompt.safetensors}; after full fine-tuning also {@code model.safetensors} with the backbone's
 * new weights. A few hundred kilobytes for a prompt.
 */
public final class Pack {

  private final Path folder;
  private final PackFacts facts;
  private final Kinds kinds;

  private Pack(Path folder, PackFacts facts, Kinds kinds) {
    this.folder = folder;
    this.facts = facts;
    this.kinds = kinds;
  }

  /**
   * The kinds of tasks, heads and prompts that packs may be of.
   *
   * @param tasks of tasks
   * @param heads of heads
   * @param forms of prompts
   */
  public record Kinds(TaskKinds tasks, Heads heads, PromptForms forms) {

    /** Those that come with the library and those of extensions on the class path. */
    public static Kinds installed() {
      return new Kinds(TaskKinds.installed(), Heads.installed(), PromptForms.installed());
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
    PackFacts complete = PackWriter.write(folder, facts, prompt, head, trained);
    return new Pack(folder, complete, Kinds.installed());
  }

  /** Whether a folder looks like one: it describes itself as a pack does. */
  public static boolean isOne(Path folder) {
    return Files.isRegularFile(folder.resolve(PackFiles.FACTS));
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
   * Opens a pack for its prompt only: its task and head may be of kinds that are not known here,
   * and are not looked at.
   *
   * @param setting the setting that names it, for messages
   */
  public static Pack openForPrompt(Path folder, String setting) {
    return open(folder, Kinds.installed(), false, setting);
  }

  /** The same with kinds of the caller's. */
  public static Pack open(Path folder, Kinds kinds) {
    return open(folder, kinds, true, "pack");
  }

  private static Pack open(Path folder, Kinds kinds, boolean whole, String setting) {
    Pack pack = new Pack(folder, PackReader.read(folder, setting), kinds);
    pack.requireUsable(whole);
    return pack;
  }

  /** Makes everything that needs no backbone, so that a wrong value is found here. */
  private void requireUsable(boolean whole) {
    try (SafetensorsFile tensors = SafetensorsFile.open(folder.resolve(PackFiles.TENSORS))) {
      if (whole) {
        members().forEach(member -> requireSameLabels(task(), member.headSpec()));
        maxLength();
      }
      members().forEach(member -> member.requireUsable(tensors));
      requireNoOthers(tensors.names());
    } catch (InvalidInputException e) {
      throw e.in(folder.resolve(PackFiles.FACTS).toString());
    }
  }

  /** Every tensor of an ensemble belongs to one of its members. */
  private void requireNoOthers(Set<String> names) {
    if (isEnsemble()) {
      int count = facts.members().size();
      List<String> others =
          names.stream()
              .filter(
                  name ->
                      IntStream.range(0, count).mapToObj(Pack::names).noneMatch(name::startsWith))
              .toList();
      UnexpectedTensors.refuse(PackFiles.TENSORS, others, List.of());
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
    return facts.tensors().containsKey(PackFiles.WEIGHTS)
        ? Optional.of(folder.resolve(PackFiles.WEIGHTS))
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

  /** Whether it has several prompts, whose scores are averaged. */
  public boolean isEnsemble() {
    return facts.members() != null;
  }

  /** Its prompts with their heads: the only one, or those of an ensemble. */
  public List<PackMember> members() {
    if (!isEnsemble()) {
      return List.of(
          new PackMember(
              this,
              "",
              Optional.ofNullable(facts.prompt()).map(prompt -> new Fields("prompt", prompt)),
              facts.head()));
    }
    return IntStream.range(0, facts.members().size()).mapToObj(this::member).toList();
  }

  private PackMember member(int index) {
    PackFacts.Member member = facts.members().get(index);
    Optional<Fields> prompt =
        Optional.ofNullable(member.prompt())
            .map(fields -> new Fields("members[%d].prompt".formatted(index), fields));
    return new PackMember(this, names(index), prompt, member.head());
  }

  /** What the names of a member's tensors begin with. */
  static String names(int member) {
    return "member." + member + ".";
  }

  private PackMember only() {
    if (isEnsemble()) {
      throw InvalidInputException.of(
          "pack %s is an ensemble of %d prompts; name one of the packs that it was made of",
          folder, facts.members().size());
    }
    return members().get(0);
  }

  /**
   * The prompt, ready for a backbone that has passed {@link #requireBackbone}; the caller closes
   * it.
   *
   * @throws InvalidInputException if it is an ensemble
   */
  public Optional<TrainedPrompt> prompt(Backbone backbone) {
    return only().prompt(backbone);
  }

  /**
   * The head, ready for a backbone that has passed {@link #requireBackbone}; the caller closes it.
   *
   * @throws InvalidInputException if it is an ensemble
   */
  public Head head(Backbone backbone) {
    return only().head(backbone);
  }

  /** The longest input in tokens: the run's own, or the task's where the run says nothing. */
  public int maxLength() {
    return new Fields("settings", facts.settings() == null ? Map.of() : facts.settings())
        .integer("max_length", task().truncation().maxLength());
  }

  /** The soft tokens that go before each text, which all members have in common. */
  public SoftPrefix prefix() {
    return members().get(0).prefix();
  }

  Kinds kinds() {
    return kinds;
  }
}
