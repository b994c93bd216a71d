package org.ptuning4j.task.tagging;

import java.util.List;
import org.ptuning4j.data.tagging.TaggedSentence;
import org.ptuning4j.head.HeadOptions;
import org.ptuning4j.head.HeadSpec;
import org.ptuning4j.head.Item;
import org.ptuning4j.metric.EntityScores;
import org.ptuning4j.task.Answer;
import org.ptuning4j.task.PreparedTask;
import org.ptuning4j.task.Scores;
import org.ptuning4j.task.template.ItemEncoder;

/**
 * A labelling of words with its tags.
 *
 * @param task what it is
 * @param transitions what its head gives a tag behind another, labels × labels; empty where it has
 *     none, or where it is not known yet
 */
@SuppressWarnings("ArrayRecordComponent") // one that is not known is the same one
public record PreparedEntities(EntityTask task, float[] transitions)
    implements PreparedTask<TaggedSentence> {

  private static final float[] NONE = {};

  /** Checks that there are labels. */
  public PreparedEntities {
    task.info().requireLabels(task.labels());
  }

  /** One whose head is not known yet. */
  public PreparedEntities(EntityTask task) {
    this(task, NONE);
  }

  @Override
  public PreparedEntities withCommon(float[] common) {
    return new PreparedEntities(task, common);
  }

  private WordTagger tagger() {
    return new WordTagger(task.labels(), task.decoding(), transitions);
  }

  @Override
  public HeadSpec head(HeadOptions options) {
    return tagger().head(options);
  }

  @Override
  public List<Item> items(TaggedSentence example, ItemEncoder encoder) {
    return tagger()
        .items(
            WordWindows.of(example.words(), task.truncation().stride(), encoder), example.tags());
  }

  @Override
  public EntityAnswer answer(TaggedSentence example, List<Item> items, List<float[]> scores) {
    TagDecoder.Decoded decoded = tagger().decode(example.words().size(), items, scores);
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
    return WordTagger.spanScores(scores)
        .table(WordTagger.table("entities", scores.types()))
        .build();
  }
}
