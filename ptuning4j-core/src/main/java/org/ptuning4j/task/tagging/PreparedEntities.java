package org.ptuning4j.task.tagging;

import java.util.ArrayList;
import java.util.List;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.data.tagging.TaggedSentence;
import org.ptuning4j.head.HeadOptions;
import org.ptuning4j.head.HeadSpec;
import org.ptuning4j.head.Item;
import org.ptuning4j.head.TokenHeadSpec;
import org.ptuning4j.metric.EntityScores;
import org.ptuning4j.task.Answer;
import org.ptuning4j.task.LabelScores;
import org.ptuning4j.task.PreparedTask;
import org.ptuning4j.task.Scores;
import org.ptuning4j.task.template.ItemEncoder;

/**
 * A labelling of words with its tags.
 *
 * @param task what it is
 */
public record PreparedEntities(EntityTask task) implements PreparedTask<TaggedSentence> {

  /** Checks that there are labels. */
  public PreparedEntities {
    if (task.labels().isEmpty()) {
      throw InvalidInputException.of(
          "task.labels: missing; without training data, task '%s' has to name them", task.name());
    }
  }

  @Override
  public HeadSpec head(HeadOptions options) {
    return new TokenHeadSpec(task.labels().size(), options.dropout());
  }

  @Override
  public List<Item> items(TaggedSentence example, ItemEncoder encoder) {
    TagDecoder decoder = new TagDecoder(task.labels());
    return WordWindows.of(example.words(), task.truncation().stride(), encoder).stream()
        .map(window -> decoder.item(window, example.tags()))
        .toList();
  }

  @Override
  public EntityAnswer answer(TaggedSentence example, List<Item> items, List<float[]> scores) {
    TagDecoder decoder = new TagDecoder(task.labels());
    TagDecoder.Decoded decoded =
        decoder.decode(
            task.decoding(), decoder.logProbabilities(example.words().size(), items, scores));
    String text = example.text() == null ? String.join(" ", example.words()) : example.text();
    List<EntityAnswer.Entity> entities =
        EntityScores.chunks(decoded.tags(), EntityScores.Mode.DEFAULT).stream()
            .map(
                chunk ->
                    new EntityAnswer.Entity(
                        chunk.type(),
                        chunk.first(),
                        chunk.last(),
                        0,
                        0,
                        "",
                        decoded.probability(chunk.first(), chunk.last())))
            .toList();
    return new EntityAnswer(example.words(), decoded.tags(), text, entities).in(text);
  }

  @Override
  public Scores score(List<TaggedSentence> examples, List<Answer> answers) {
    EntityScores scores =
        EntityScores.of(
            examples.stream().map(TaggedSentence::tags).toList(),
            answers.stream().map(answer -> ((EntityAnswer) answer).tags()).toList());
    List<List<String>> rows = new ArrayList<>();
    scores.types().forEach((type, score) -> rows.add(LabelScores.row(type, score)));
    return Scores.builder()
        .metric("f1", scores.total().definedF1())
        .metric("precision", scores.total().definedPrecision())
        .metric("recall", scores.total().definedRecall())
        .table(
            new Scores.Table(
                "entities", List.of("", "precision", "recall", "f1", "entities"), rows))
        .build();
  }
}
