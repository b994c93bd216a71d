package org.ptuning4j.predict;

import java.util.List;
import java.util.Optional;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.data.Example;
import org.ptuning4j.generate.Continuation;
import org.ptuning4j.generate.GenerationSettings;
import org.ptuning4j.head.Item;
import org.ptuning4j.head.SoftPrefix;
import org.ptuning4j.pack.PackFacts;
import org.ptuning4j.prompt.form.TrainedPrompt;
import org.ptuning4j.task.Answer;
import org.ptuning4j.task.PreparedTask;
import org.ptuning4j.task.Scores;
import org.ptuning4j.task.WrittenAnswers;
import org.ptuning4j.task.template.ItemEncoder;
import org.ptuning4j.tensor.Dtype;

/**
 * A task that is answered: a pack, loaded, or the model as it is.
 *
 * @param name its name in the predictor
 * @param prefix the soft tokens that its prompt has before each text
 * @param task what it answers
 * @param maxLength the longest input in tokens
 * @param backbone the one that all tasks share, or its own after full fine-tuning
 * @param ownsBackbone whether the backbone is its own
 * @param members its prompts with their heads: one, or those of an ensemble, whose scores are
 *     averaged
 * @param facts what its pack says of itself; empty of a task that the model answers as it is
 */
record ServedTask(
    String name,
    SoftPrefix prefix,
    PreparedTask<?> task,
    int maxLength,
    Backbone backbone,
    boolean ownsBackbone,
    List<ServedMember> members,
    Optional<PackFacts> facts)
    implements AutoCloseable {

  /** What is known of it without its tensors. */
  Description description() {
    return new Description(task, facts);
  }

  /** What it takes in native memory, besides what it shares with other tasks. */
  long bytes() {
    long own = ownsBackbone ? backbone.parameterCount() * dtype().bytes() : 0;
    return own + members.stream().mapToLong(ServedMember::bytes).sum();
  }

  /** The prompt of a task that is no ensemble, if its method has one. */
  Optional<TrainedPrompt> prompt() {
    return members.get(0).prompt();
  }

  /**
   * How many layers next to the input all its prompts leave as they are.
   *
   * @param withoutPrompt what counts for a method without one
   */
  int untouchedLayers(int withoutPrompt) {
    return members.stream()
        .mapToInt(member -> member.untouchedLayers(withoutPrompt))
        .min()
        .orElseThrow();
  }

  /** The farthest that a prompt of its moves the positions of a text up. */
  int positionShift() {
    return members.stream().mapToInt(ServedMember::positionShift).max().orElseThrow();
  }

  private Dtype dtype() {
    return backbone.engine().precision().dtype();
  }

  /** The task, unchecked: its examples were made by the task itself. */
  @SuppressWarnings("unchecked")
  private PreparedTask<Example> anyTask() {
    return (PreparedTask<Example>) task;
  }

  /** What the model reads of an example. */
  List<Item> items(Example example, ItemEncoder encoder) {
    return anyTask().items(example, encoder).stream().map(prefix::before).toList();
  }

  /** Whether the model writes its answers. */
  boolean writes() {
    return task.written().isPresent();
  }

  private WrittenAnswers<Example> writing() {
    return anyTask().written().orElseThrow();
  }

  /** What the model continues. */
  Item source(Example example, ItemEncoder encoder) {
    return prefix.before(Item.of(writing().source(example, encoder)));
  }

  /** How it is continued, unless the caller says otherwise. */
  GenerationSettings settings() {
    return writing().settings();
  }

  /** What continuations mean. */
  Answer written(Example example, List<Continuation> continuations) {
    return writing().answer(example, continuations);
  }

  /** What scores mean. */
  Answer answer(Example example, List<Item> items, List<float[]> scores) {
    return anyTask().answer(example, items, scores);
  }

  /** How good answers are. */
  Scores score(List<? extends Example> examples, List<Answer> answers) {
    return anyTask().score(List.copyOf(examples), answers);
  }

  @Override
  public void close() {
    members.forEach(ServedMember::close);
    if (ownsBackbone) {
      backbone.close();
    }
  }
}
