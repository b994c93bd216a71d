package org.ptuning4j.generate;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Function;

/** One token after the other: the best (greedy search), or one that is drawn (sampling). */
final class TokenSearch implements Search {

  private final GenerationSettings settings;
  private final Ends ends;
  private final TextListener listener;

  TokenSearch(GenerationSettings settings, Ends ends, TextListener listener) {
    this.settings = settings;
    this.ends = ends;
    this.listener = listener;
  }

  /** A continuation under way. */
  private final class Row {

    private final int request;
    private final int sequence;
    private final SplittableRandom random;
    private TextSoFar added;
    private double logProbability;
    private int told; // how much of the text the listener has

    Row(int request, int sequence, TextSoFar added) {
      this.request = request;
      this.sequence = sequence;
      this.added = added;
      // Of the text's place in a batch nothing may be seen in what is drawn for it.
      this.random = new SplittableRandom(settings.seed() * 0x9E3779B97F4A7C15L + sequence);
    }

    /** Chooses the next token. */
    int choose(float[] given) {
      float[] scores = given;
      if (settings.repetitionPenalty() != 1) {
        scores = given.clone(); // other sequences of the same text read them too
        TokenScores.penalise(scores, added.all(), settings.repetitionPenalty());
      }
      double logSum = TokenScores.logSum(scores);
      int token =
          settings.temperature() == 0
              ? TokenScores.best(scores)
              : TokenScores.draw(scores, settings, random.nextDouble());
      logProbability += scores[token] - logSum;
      return token;
    }

    void add(int token) {
      added = added.and(token);
    }

    void tell(boolean complete) {
      if (listener == TextListener.NONE) {
        return;
      }
      String whole = added.text();
      int stop = TextSoFar.stop(whole, ends.stops());
      int end =
          stop >= 0 ? stop : complete ? whole.length() : TextSoFar.settled(whole, ends.stops());
      if (end > told) {
        listener.added(request, sequence, whole.substring(told, end));
        told = end;
      }
    }

    Continuation ended(Ending ending) {
      tell(true);
      return ends.continuation(added, logProbability, ending);
    }
  }

  @Override
  public List<List<Continuation>> run(
      List<int[]> texts, NextTokens model, Function<int[], String> decode) {
    Continuation[][] results = new Continuation[texts.size()][settings.sequences()];
    List<Row> live = new ArrayList<>();
    List<Integer> at = new ArrayList<>(); // each row's place in the model
    for (int request = 0; request < texts.size(); request++) {
      for (int sequence = 0; sequence < settings.sequences(); sequence++) {
        TextSoFar nothing = new TextSoFar(decode, texts.get(request));
        live.add(new Row(request, sequence, nothing));
        at.add(request);
      }
    }
    while (!live.isEmpty()) {
      float[][] scores = model.scores();
      List<Row> going = new ArrayList<>();
      List<Integer> parents = new ArrayList<>();
      List<Integer> tokens = new ArrayList<>();
      for (int i = 0; i < live.size(); i++) {
        Row row = live.get(i);
        int token = row.choose(scores[at.get(i)]);
        Optional<Ending> ending = add(token, row, model.room(at.get(i)));
        if (ending.isEmpty()) {
          row.tell(false);
          going.add(row);
          parents.add(at.get(i));
          tokens.add(token);
        } else {
          results[row.request][row.sequence] = row.ended(ending.get());
        }
      }
      live = going;
      if (!live.isEmpty()) {
        model.advance(ints(parents), ints(tokens));
        at = places(live.size());
      }
    }
    List<List<Continuation>> lists = new ArrayList<>();
    for (Continuation[] each : results) {
      lists.add(List.of(each));
    }
    return lists;
  }

  /** Adds a token to a row; why it ends with it, or empty where it goes on. */
  private Optional<Ending> add(int token, Row row, int room) {
    if (ends.isEnd(token)) {
      return Optional.of(Ending.END_TOKEN);
    }
    row.add(token);
    if (ends.stop(row.added)) {
      return Optional.of(Ending.STOP_STRING);
    }
    boolean full = row.added.length() == settings.maxNewTokens() || room == 0;
    return full ? Optional.of(Ending.LENGTH) : Optional.empty();
  }

  private static List<Integer> places(int count) {
    List<Integer> places = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      places.add(i);
    }
    return places;
  }

  private static int[] ints(List<Integer> list) {
    return list.stream().mapToInt(Integer::intValue).toArray();
  }
}
