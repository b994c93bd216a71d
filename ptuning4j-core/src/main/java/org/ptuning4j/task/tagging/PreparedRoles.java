package org.ptuning4j.task.tagging;

import java.util.List;
import java.util.stream.Collectors;
import org.ptuning4j.data.tagging.RoleFrame;
import org.ptuning4j.head.HeadOptions;
import org.ptuning4j.head.HeadSpec;
import org.ptuning4j.head.Item;
import org.ptuning4j.metric.EntityScores;
import org.ptuning4j.metric.EntityScores.Chunk;
import org.ptuning4j.metric.RoleScores;
import org.ptuning4j.task.Answer;
import org.ptuning4j.task.PreparedTask;
import org.ptuning4j.task.Scores;
import org.ptuning4j.task.template.ItemEncoder;

/**
 * Semantic roles with their tags.
 *
 * @param task what it is
 * @param transitions what its head gives a tag behind another, labels × labels; empty where it has
 *     none, or where it is not known yet
 */
@SuppressWarnings("ArrayRecordComponent") // one that is not known is the same one
public record PreparedRoles(RoleTask task, float[] transitions) implements PreparedTask<RoleFrame> {

  private static final float[] NONE = {};

  /** Checks that there are labels. */
  public PreparedRoles {
    task.info().requireLabels(task.labels());
  }

  /** One whose head is not known yet. */
  public PreparedRoles(RoleTask task) {
    this(task, NONE);
  }

  @Override
  public PreparedRoles withCommon(float[] common) {
    return new PreparedRoles(task, common);
  }

  private WordTagger tagger() {
    return new WordTagger(task.labels(), task.decoding(), transitions);
  }

  @Override
  public HeadSpec head(HeadOptions options) {
    return tagger().head(options);
  }

  @Override
  public List<Item> items(RoleFrame example, ItemEncoder encoder) {
    List<WordWindow> windows =
        WordWindows.around(
            example.words(),
            example.predicate(),
            task.predicate() == PredicateMark.MARKER,
            example.words().get(example.predicate()),
            task.truncation().stride(),
            encoder);
    return tagger().items(windows, example.tags());
  }

  @Override
  public RoleAnswer answer(RoleFrame example, List<Item> items, List<float[]> scores) {
    TagDecoder.Decoded decoded = tagger().decode(example.words().size(), items, scores);
    List<RoleAnswer.Argument> arguments =
        RoleScores.arguments(decoded.tags()).stream()
            .map(argument -> argument(argument, example.words(), decoded))
            .toList();
    return new RoleAnswer(example.words(), example.predicate(), decoded.tags(), arguments);
  }

  private static RoleAnswer.Argument argument(
      RoleScores.Argument argument, List<String> words, TagDecoder.Decoded decoded) {
    double logs = 0;
    int length = 0;
    for (Chunk part : argument.parts()) {
      int own = part.last() - part.first() + 1;
      logs += own * Math.log(decoded.probability(part.first(), part.last()));
      length += own;
    }
    return new RoleAnswer.Argument(
        argument.role(),
        argument.parts().stream()
            .map(part -> new RoleAnswer.Part(part.first(), part.last()))
            .toList(),
        argument.parts().stream()
            .map(part -> String.join(" ", words.subList(part.first(), part.last() + 1)))
            .collect(Collectors.joining(" … ")),
        Math.exp(logs / length));
  }

  @Override
  public Scores score(List<RoleFrame> examples, List<Answer> answers) {
    List<List<String>> truth = examples.stream().map(RoleFrame::tags).toList();
    List<List<String>> found =
        answers.stream().map(answer -> ((RoleAnswer) answer).tags()).toList();
    RoleScores roles = RoleScores.of(truth, found);
    return WordTagger.spanScores(EntityScores.of(truth, found))
        .metric("srl_f1", roles.total().definedF1())
        .metric("perfect_frames", roles.perfectFrames())
        .table(WordTagger.table("arguments", roles.roles()))
        .build();
  }
}
