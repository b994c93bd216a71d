package org.ptuning4j.task.lama;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.PriorityQueue;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.TokenRow;
import org.ptuning4j.data.BadRow;
import org.ptuning4j.data.Examples;
import org.ptuning4j.data.lama.Fact;
import org.ptuning4j.head.HeadOptions;
import org.ptuning4j.head.HeadSpec;
import org.ptuning4j.head.Item;
import org.ptuning4j.head.Target;
import org.ptuning4j.head.vocabulary.VocabularyHeadSpec;
import org.ptuning4j.metric.RankingMetrics;
import org.ptuning4j.task.Answer;
import org.ptuning4j.task.ExampleFilter;
import org.ptuning4j.task.PreparedTask;
import org.ptuning4j.task.Scores;
import org.ptuning4j.task.Softmax;
import org.ptuning4j.task.template.ColumnValues;
import org.ptuning4j.task.template.ItemEncoder;
import org.ptuning4j.task.template.WordTokens;
import org.ptuning4j.text.TextTokenizer;

/**
 * A relation whose candidates have their tokens. A fact whose object is none of them is a bad row;
 * one that is asked all the same is an item without a target, and {@link #score} leaves it out and
 * counts it. Immutable.
 */
public final class PreparedLama implements PreparedTask<Fact> {

  private static final int SHOWN = 10;

  private final LamaTask task;
  private final CandidateWords candidates;
  private final Map<Integer, Integer> places;

  /** Tells whether an object is one token; not closed here. */
  private final TextTokenizer tokenizer;

  PreparedLama(LamaTask task, CandidateWords candidates, TextTokenizer tokenizer) {
    this.task = task;
    this.candidates = candidates;
    this.places = candidates.places();
    this.tokenizer = tokenizer;
  }

  @Override
  public LamaTask task() {
    return task;
  }

  /** Those whose object is one of the candidates. */
  @Override
  public Examples<Fact> usable(Examples<Fact> read) {
    return ExampleFilter.usable(read, this::faultOfObject);
  }

  /** Why the fact cannot be asked, if it cannot. */
  private Optional<BadRow> faultOfObject(Fact fact) {
    if (token(fact).isPresent()) {
      return Optional.empty();
    }
    String fault = objectFault(fact.object());
    return Optional.of(
        fact.source()
            .bad(
                "object '" + ColumnValues.shown(fact.object()) + "' " + fault,
                BadRow.Lack.NOTHING,
                "the object " + fault));
  }

  private String objectFault(String object) {
    int[] ids = WordTokens.of(object, tokenizer);
    int unknown = tokenizer.unkId().orElse(-1);
    if (Arrays.stream(ids).anyMatch(id -> id == unknown)) {
      return "is not in the model's vocabulary";
    }
    return ids.length == 1
        ? "is none of the " + places.size() + " candidates"
        : "is not one token of the model but several";
  }

  @Override
  public HeadSpec head(HeadOptions options) {
    return new VocabularyHeadSpec(candidates.ids());
  }

  @Override
  public List<Item> items(Fact fact, ItemEncoder encoder) {
    TokenRow row = task.template().render(Map.of(LamaTask.SUBJECT, fact.subject()), encoder).row();
    OptionalInt right = token(fact);
    Item item = Item.of(row);
    return List.of(right.isPresent() ? item.withTarget(new Target.Choice(right.getAsInt())) : item);
  }

  /** The token of the object, where that is known and one of the candidates. */
  private OptionalInt token(Fact fact) {
    if (fact.object().equals(LamaTask.UNKNOWN)) {
      return OptionalInt.empty();
    }
    OptionalInt id = CandidateWords.id(fact.object(), tokenizer);
    return id.isPresent() && places.containsKey(id.getAsInt()) ? id : OptionalInt.empty();
  }

  @Override
  public Answer answer(Fact fact, List<Item> items, List<float[]> scores) {
    float[] each = scores.get(0);
    double[] probabilities = Softmax.of(each);
    List<String> words = candidates.words();
    List<LamaAnswer.Word> best =
        highest(each, SHOWN).stream()
            .map(i -> new LamaAnswer.Word(words.get(i), probabilities[i]))
            .toList();
    Item item = items.get(0);
    return new LamaAnswer(
        best,
        item.hasTarget() ? rank(each, places.get(item.target(Target.Choice.class).index())) : 0);
  }

  /** The places of the highest scores, the highest first; of equal ones the earlier first. */
  private static List<Integer> highest(float[] scores, int count) {
    PriorityQueue<Integer> kept =
        new PriorityQueue<>(
            Comparator.<Integer>comparingDouble(i -> scores[i])
                .thenComparing(Comparator.reverseOrder()));
    for (int i = 0; i < scores.length; i++) {
      if (kept.size() < count) {
        kept.add(i);
      } else if (scores[i] > scores[kept.peek()]) {
        kept.poll();
        kept.add(i);
      }
    }
    List<Integer> highest = new ArrayList<>();
    while (!kept.isEmpty()) {
      highest.add(0, kept.poll());
    }
    return highest;
  }

  /** 1 and the number of words with a higher score, or with the same and an earlier place. */
  private static int rank(float[] scores, int right) {
    int rank = 1;
    for (int i = 0; i < scores.length; i++) {
      if (scores[i] > scores[right] || (scores[i] == scores[right] && i < right)) {
        rank++;
      }
    }
    return rank;
  }

  /**
   * hit@1, hit@10 and the mean reciprocal rank.
   *
   * @throws InvalidInputException if no fact's object is among the candidates
   */
  @Override
  public Scores score(List<Fact> facts, List<Answer> answers) {
    int[] ranks =
        answers.stream()
            .mapToInt(answer -> ((LamaAnswer) answer).rank())
            .filter(rank -> rank > 0)
            .toArray();
    if (ranks.length == 0) {
      throw InvalidInputException.of(
          "relation %s: of %d facts none has an object that is a candidate",
          task.relation(), facts.size());
    }
    RankingMetrics ranking = RankingMetrics.of(ranks);
    Map<String, Double> metrics = new LinkedHashMap<>();
    metrics.put(LamaTask.METRICS.get(0), ranking.hitAt1());
    metrics.put(LamaTask.METRICS.get(1), ranking.hitAt10());
    metrics.put(LamaTask.METRICS.get(2), ranking.meanReciprocalRank());
    return new Scores(metrics, List.of(counts(ranks.length, answers.size() - ranks.length)));
  }

  private Scores.Table counts(int scored, int leftOut) {
    return new Scores.Table(
        "facts",
        List.of("scored", "left out", "candidates"),
        List.of(
            List.of(
                String.valueOf(scored), String.valueOf(leftOut), String.valueOf(places.size()))));
  }
}
