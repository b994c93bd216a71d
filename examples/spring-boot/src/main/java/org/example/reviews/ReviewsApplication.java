package org.example.reviews;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** Reads reviews: the packs of a registry, asked over HTTP. */
@SpringBootApplication
public class ReviewsApplication {

  /** Starts the application. */
  public static void main(String[] args) {
    SpringApplication.run(ReviewsApplication.class, args);
  }
}
