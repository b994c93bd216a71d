package org.ptuning4j.generate;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Several continuations of each text at once; of all their next tokens the most probable sequences
 * go on. A finished one is ranked by its log-probability over its length to the power of the length
 * penalty (Wu et al., arXiv 1609.08144, section 7, without coverage; the form and the end of the
 * search are those of Hugging Face).
 */
final class BeamSearch implements Search {

  private static final Comparator<Ranked> BEST_FIRST =
      Comparator.comparingDouble(Ranked::score).reversed();

  private final GenerationSettings settings;
  private final Ends ends;

  BeamSearch(GenerationSettings settings, Ends ends) {
    this.settings = settings;
    this.ends = ends;
  }

  /** A sequence that is followed: its row in the model, its tokens, the sum of its logarithms. */
  private record Beam(int row, TextSoFar added, double logProbability) {}

  /** One more token for a beam, and the sum with it. */
  private final class Candidate {

    private final Beam parent;
    private final int token;
    private final double logProbability;

    Candidate(Beam parent, int token, double logOfToken) {
      this.parent = parent;
      this.token = token;
      this.logProbability = parent.logProbability() + logOfToken;
    }

    double logProbability() {
      return logProbability;
    }

    boolean isEndToken() {
      return ends.isEnd(token);
    }

    TextSoFar added() {
      return isEndToken() ? parent.added() : parent.added().and(token);
    }

    /** Its length for the score; an ending token counts. */
    int length() {
      return parent.added().length() + 1;
    }

    /** The beam that it becomes, still with its parent's row. */
    Beam beam() {
      return new Beam(parent.row(), added(), logProbability);
    }

    /** Why it ends here; empty where it goes on. */
    Optional<Ending> ending(NextTokens model) {
      if (isEndToken()) {
        return Optional.of(Ending.END_TOKEN);
      }
      if (ends.stop(added())) {
        return Optional.of(Ending.STOP_STRING);
      }
      boolean full = length() == settings.maxNewTokens() || model.room(parent.row()) == 0;
      return full ? Optional.of(Ending.LENGTH) : Optional.empty();
    }
  }

  /** A finished sequence with its score. */
  private record Ranked(Continuation continuation, double score) {}

  /** The beams of one text. */
  private final class Beams {

    private final List<Ranked> finished = new ArrayList<>();
    private List<Beam> live;

    Beams(int row, TextSoFar nothing) {
      this.live = List.of(new Beam(row, nothing, 0));
    }

    /** Takes the next token of every beam; what goes on is {@link #live}, by the rows before. */
    void step(float[][] scores, NextTokens model) {
      List<Beam> going = new ArrayList<>();
      List<Candidate> candidates = candidates(scores);
      for (int rank = 0; rank < candidates.size(); rank++) {
        Candidate candidate = candidates.get(rank);
        Optional<Ending> ending = candidate.ending(model);
        if (ending.isEmpty()) {
          if (going.size() < settings.beams()) {
            going.add(candidate.beam());
          }
        } else if (rank < settings.beams()) { // one that is no beam of the best is none at its end
          finish(candidate, ending.get());
        }
      }
      live = isDone(going) ? List.of() : going;
    }

    /** The most probable next tokens of all beams, enough of them for all to end at once. */
    private List<Candidate> candidates(float[][] scores) {
      int wanted = settings.beams() * (1 + Math.max(1, ends.tokens().size()));
      List<Candidate> candidates = new ArrayList<>();
      for (Beam beam : live) {
        float[] logs = logProbabilities(scores[beam.row()], beam);
        for (int token : TokenScores.best(logs, wanted)) {
          candidates.add(new Candidate(beam, token, logs[token]));
        }
      }
      candidates.sort(Comparator.comparingDouble(Candidate::logProbability).reversed());
      return candidates.subList(0, Math.min(wanted, candidates.size()));
    }

    private float[] logProbabilities(float[] scores, Beam beam) {
      double[] logs = TokenScores.logProbabilities(scores);
      float[] each = new float[logs.length];
      for (int token = 0; token < each.length; token++) {
        each[token] = (float) logs[token];
      }
      TokenScores.penalise(each, beam.added().all(), settings.repetitionPenalty());
      return each;
    }

    private void finish(Candidate candidate, Ending ending) {
      Continuation continuation =
          ends.continuation(candidate.added(), candidate.logProbability(), ending);
      finished.add(new Ranked(continuation, score(candidate.logProbability(), candidate.length())));
      finished.sort(BEST_FIRST);
      if (finished.size() > settings.beams()) {
        finished.remove(finished.size() - 1);
      }
    }

    private double score(double sum, int length) {
      return sum / Math.pow(length, settings.lengthPenalty());
    }

    /** Whether no sequence that goes on can still be better than the worst finished one. */
    private boolean isDone(List<Beam> going) {
      if (going.isEmpty()) {
        return true;
      }
      if (finished.size() < settings.beams()) {
        return false;
      }
      Beam best = going.get(0);
      double hoped = score(best.logProbability(), best.added().length());
      return finished.get(finished.size() - 1).score() >= hoped;
    }

    List<Continuation> best() {
      return finished.stream().limit(settings.sequences()).map(Ranked::continuation).toList();
    }
  }

  @Override
  public List<List<Continuation>> run(
      List<int[]> texts, NextTokens model, Function<int[], String> decode) {
    List<Beams> all = new ArrayList<>();
    for (int request = 0; request < texts.size(); request++) {
      all.add(new Beams(request, new TextSoFar(decode, texts.get(request))));
    }
    while (all.stream().anyMatch(beams -> !beams.live.isEmpty())) {
      float[][] scores = model.scores();
      List<Integer> parents = new ArrayList<>();
      List<Integer> tokens = new ArrayList<>();
      for (Beams beams : all) {
        if (!beams.live.isEmpty()) {
          beams.step(scores, model);
          beams.live = placed(beams.live, parents, tokens);
        }
      }
      if (!parents.isEmpty()) {
        model.advance(ints(parents), ints(tokens));
      }
    }
    return all.stream().map(Beams::best).toList();
  }

  /** Beams with the rows that they have after the step. */
  private static List<Beam> placed(List<Beam> beams, List<Integer> parents, List<Integer> tokens) {
    List<Beam> placed = new ArrayList<>();
    for (Beam beam : beams) {
      placed.add(new Beam(parents.size(), beam.added(), beam.logProbability()));
      parents.add(beam.row());
      tokens.add(beam.added().last());
    }
    return placed;
  }

  private static int[] ints(List<Integer> list) {
    return list.stream().mapToInt(Integer::intValue).toArray();
  }
}
