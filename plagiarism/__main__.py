from plagiarism.cli import main

raise SystemExit(main())
