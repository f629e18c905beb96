"""Will we make the gate? The network of milestones, outlooks from the roadmap's own record, and trials of both."""
